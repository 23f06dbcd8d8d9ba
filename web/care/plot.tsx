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

const width = 640;

function Lying({ bars }: { readonly bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const row = 30;
  return (
    <svg class="plot" viewBox={`0 0 ${width} ${bars.length * row}`} aria-hidden="true">
      {bars.map(({ name, count }, index) => (
        <g key={name}>
          <text x={0} y={index * row + 20}>
            {name}
          </text>
          <rect
            x={220}
            y={index * row + 5}
            width={(count / most) * (width - 280)}
            height={row - 10}
          />
          <text x={226 + (count / most) * (width - 280)} y={index * row + 20}>
            {count}
          </text>
        </g>
      ))}
    </svg>
  );
}

function Standing({ bars }: { readonly bars: readonly Bar[] }) {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  const height = 150;
  const step = width / Math.max(1, bars.length);
  const tall = (count: number): number => (count / most) * height;
  return (
    <svg class="plot" viewBox={`0 -16 ${width} ${height + 40}`} aria-hidden="true">
      <text x={0} y={-3}>
        {most}
      </text>
      {bars.map(({ name, count, dark = 0 }, index) => (
        <g key={name}>
          <rect
            x={index * step + 1}
            y={height - tall(count)}
            width={Math.max(1, step - 2)}
            height={tall(count)}
          />
          <rect
            class="dark"
            x={index * step + 1}
            y={height - tall(dark)}
            width={Math.max(1, step - 2)}
            height={tall(dark)}
          />
        </g>
      ))}
      <text x={0} y={height + 18}>
        {bars[0]?.name ?? ""}
      </text>
      <text x={width} y={height + 18} text-anchor="end">
        {bars.at(-1)?.name ?? ""}
      </text>
    </svg>
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
      <ul class="unseen">
        {bars.map(({ name, count }) => (
          <li key={name}>
            {name}: {count}
          </li>
        ))}
      </ul>
    </figure>
  );
}
