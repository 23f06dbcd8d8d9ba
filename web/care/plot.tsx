/** Bars, drawn with their numbers; a picture that a screen reader reads as a list. */

export interface Bar {
  readonly name: string;
  readonly count: number;
  /** Part of the count that is drawn dark. */
  readonly dark?: number;
}

export interface PlotParts {
  readonly title: string;
  readonly hint?: string;
  readonly bars: readonly Bar[];
  /** Few bars lie, many stand. */
  readonly lying?: boolean;
}

/** Words at their own size, and bars that are as long as their place lets them. */
function Lying({ bars }: { readonly bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <ul class="bars">
      {bars.map(({ name, count }) => (
        <li key={name}>
          <span>{name}</span>
          <svg aria-hidden="true">
            <rect width={`${(count / most) * 100}%`} height="100%" />
          </svg>
          <span class="number">{count}</span>
        </li>
      ))}
    </ul>
  );
}

const width = 640;
const height = 150;

/** Many bars, with the words for all of them below; each is read aloud with its number. */
function Standing({ bars }: { readonly bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const step = width / Math.max(1, bars.length);
  const tall = (count: number): number => (count / most) * height;
  return (
    <>
      <p class="ends" aria-hidden="true">
        <span>≤ {most}</span>
      </p>
      <svg class="plot" viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        {bars.map(({ name, count, dark = 0 }, index) => {
          const box = { x: index * step + 1, width: Math.max(1, step - 2) };
          return (
            <g key={name}>
              <rect {...box} y={height - tall(count)} height={tall(count)} />
              <rect class="dark" {...box} y={height - tall(dark)} height={tall(dark)} />
            </g>
          );
        })}
      </svg>
      <p class="ends" aria-hidden="true">
        <span>{bars[0]?.name ?? ""}</span>
        <span>{bars.at(-1)?.name ?? ""}</span>
      </p>
      <ul class="unseen">
        {bars.map(({ name, count }) => (
          <li key={name}>
            {name}: {count}
          </li>
        ))}
      </ul>
    </>
  );
}

export function Plot({ title, hint, bars, lying = false }: PlotParts) {
  return (
    <figure class="panel">
      <figcaption>
        <h2>{title}</h2>
        {hint === undefined ? null : <p class="hint">{hint}</p>}
      </figcaption>
      {lying ? <Lying bars={bars} /> : <Standing bars={bars} />}
    </figure>
  );
}
