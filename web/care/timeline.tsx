/** What the sensors say: the newest word of each, the last hours drawn, and all of it as a list. */
import { timeOfDay } from "../common/clock.ts";
import { howLongAgo, roomName } from "../common/sentences.ts";
import { useDesk } from "./desk-context.ts";
import { Drawing, type DrawingParts } from "./timeline-drawing.tsx";
import { Mark } from "./timeline-mark.tsx";
import { newestOf, type Point, whatWasSaid } from "./timeline-words.ts";

interface PointsParts {
  readonly points: readonly Point[];
}

const keyOf = ({ wall_ms, device, kind }: Point): string => `${wall_ms} ${device} ${kind}`;

function Newest({ points }: PointsParts) {
  const { speech, now } = useDesk();
  const { own, common } = speech;
  return (
    <ul class="newest">
      {newestOf(points).map((point) => (
        <li key={keyOf(point)}>
          <strong>{roomName(common, point.room)}:</strong> {whatWasSaid(own.sensed, point)},{" "}
          {howLongAgo(common, now() - point.wall_ms)}
        </li>
      ))}
    </ul>
  );
}

/** What the shapes mean, of those that are drawn. */
function Legend({ points }: PointsParts) {
  const { own } = useDesk().speech;
  const kinds = new Map(
    points
      .filter(({ kind }) => kind !== "power-read")
      .map((point) => [whatWasSaid(own.sensed, point), point]),
  );
  return (
    <ul class="legend">
      {[...kinds].map(([words, point]) => (
        <li key={words}>
          <svg width={20} height={20} aria-hidden="true">
            <Mark point={point} x={10} y={10} />
          </svg>
          {words}
        </li>
      ))}
    </ul>
  );
}

function List({ points }: PointsParts) {
  const { speech, now } = useDesk();
  const { own, common, language } = speech;
  return (
    <details>
      <summary>{own.alarm.sensorsList}</summary>
      <ol class="points" reversed>
        {points.toReversed().map((point) => (
          <li key={keyOf(point)}>
            {timeOfDay(point.wall_ms, now(), language)} {roomName(common, point.room)}:{" "}
            {whatWasSaid(own.sensed, point)} ({point.device})
          </li>
        ))}
      </ol>
    </details>
  );
}

export function Timeline({
  points,
  raised,
  ended,
}: PointsParts & Pick<DrawingParts, "raised"> & { readonly ended: number | null }) {
  const { speech, now } = useDesk();
  const { own } = speech;
  const newest = points.at(-1)?.wall_ms ?? raised;
  return (
    <section class="panel wide" aria-label={own.alarm.sensors}>
      <h2>{own.alarm.sensors}</h2>
      {points.length === 0 ? (
        <p>{own.alarm.sensorsNone}</p>
      ) : (
        <>
          <Newest points={points} />
          <Drawing
            points={points}
            raised={raised}
            until={ended === null ? now() : Math.max(ended, newest)}
          />
          <Legend points={points} />
          <List points={points} />
        </>
      )}
    </section>
  );
}
