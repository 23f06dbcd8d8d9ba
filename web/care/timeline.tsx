/** The last hours in the home, drawn: one line for each room, one mark for each thing sensed. */
import { timeOfDay } from "../common/clock.ts";
import { roomName } from "../common/sentences.ts";
import { useDesk } from "./desk-context.ts";

/** What a sensor said. */
export interface Point {
  readonly wall_ms: number;
  readonly device: string;
  readonly room: string;
  readonly kind: string;
  readonly value: number | string | boolean | null;
}

const width = 640;
const rowHeight = 28;
const left = 120;
/** At least so much is drawn, so that two minutes do not look like a day. */
const leastMs = 60 * 60_000;

function spanOf(points: readonly Point[], now: number): { from: number; until: number } {
  const first = Math.min(...points.map(({ wall_ms }) => wall_ms));
  return { from: Math.min(first, now - leastMs), until: now };
}

function Hours({ from, until, height }: { from: number; until: number; height: number }) {
  const { speech, now } = useDesk();
  const marks = [0, 0.25, 0.5, 0.75, 1].map((part) => from + part * (until - from));
  return (
    <>
      {marks.map((wall, index) => {
        const x = left + ((wall - from) / (until - from)) * (width - left - 20);
        const anchor = index === marks.length - 1 ? "end" : "middle";
        return (
          <g key={wall}>
            <line x1={x} y1={0} x2={x} y2={height} class="hour" />
            <text x={x} y={height + 16} text-anchor={anchor}>
              {timeOfDay(wall, now(), speech.language)}
            </text>
          </g>
        );
      })}
    </>
  );
}

function Drawing({ points }: { readonly points: readonly Point[] }) {
  const { speech, now } = useDesk();
  const { own, common } = speech;
  const rooms = [...new Set(points.map(({ room }) => room))];
  const { from, until } = spanOf(points, now());
  const height = rooms.length * rowHeight;
  return (
    <svg
      class="timeline"
      viewBox={`0 0 ${width} ${height + 24}`}
      role="img"
      aria-label={own.alarm.sensors}
    >
      <title>{own.alarm.sensors}</title>
      <Hours from={from} until={until} height={height} />
      {rooms.map((room, row) => (
        <g key={room}>
          <text x={0} y={row * rowHeight + 18}>
            {roomName(common, room)}
          </text>
          {points
            .filter((point) => point.room === room)
            .map(({ wall_ms, device, kind }) => (
              <circle
                key={`${wall_ms} ${device} ${kind}`}
                class={kind}
                cx={left + ((wall_ms - from) / (until - from)) * (width - left - 20)}
                cy={row * rowHeight + 13}
                r={5}
              />
            ))}
        </g>
      ))}
    </svg>
  );
}

export function Timeline({ points }: { readonly points: readonly Point[] }) {
  const { speech, now } = useDesk();
  const { own, common, language } = speech;
  return (
    <section class="panel wide" aria-label={own.alarm.sensors}>
      <h2>{own.alarm.sensors}</h2>
      {points.length === 0 ? (
        <p>{own.alarm.sensorsNone}</p>
      ) : (
        <>
          <Drawing points={points} />
          <details>
            <summary>{own.alarm.sensorsList}</summary>
            <ol class="points" reversed>
              {points.toReversed().map(({ wall_ms, room, device, kind, value }) => (
                <li key={`${wall_ms} ${device} ${kind}`}>
                  {timeOfDay(wall_ms, now(), language)} {roomName(common, room)}: {device} {kind}
                  {value === null ? "" : ` ${value}`}
                </li>
              ))}
            </ol>
          </details>
        </>
      )}
    </section>
  );
}
