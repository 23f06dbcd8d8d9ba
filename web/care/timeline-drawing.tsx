/** The picture: a line for each room, a curve for each meter, and the moment of the alarm. */
import { useEffect, useRef, useState } from "preact/hooks";
import { timeOfDay } from "../common/clock.ts";
import { roomName } from "../common/sentences.ts";
import { useDesk } from "./desk-context.ts";
import { isUrgent, Mark } from "./timeline-mark.tsx";
import { type Point, whatWasSaid } from "./timeline-words.ts";

export interface DrawingParts {
  readonly points: readonly Point[];
  readonly raised: number;
  /** The right edge: now, or the end of the alarm. */
  readonly until: number;
}

const rowHeight = 34;
const top = 22;
const left = 112;
const right = 12;
/** At least so much is drawn, so that two minutes do not look like a day. */
const leastMs = 60 * 60_000;
/** Between the lines of time; the first that leaves room for its words is taken. */
const steps = [10, 15, 30, 60, 120, 240].map((minutes) => minutes * 60_000);
const labelWidth = 56;

interface Scale {
  readonly width: number;
  readonly from: number;
  readonly until: number;
  readonly x: (wall: number) => number;
}

function scaleOf({ points, raised, until }: DrawingParts, width: number): Scale {
  const first = Math.min(raised, ...points.map(({ wall_ms }) => wall_ms));
  const from = Math.min(first - (until - first) / 50, until - leastMs);
  const inner = width - left - right;
  return { width, from, until, x: (wall) => left + ((wall - from) / (until - from)) * inner };
}

/** As wide as its place, so that its words are as large on a telephone as on a wall. */
function useWidth() {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  useEffect(() => {
    const { current } = place;
    if (current === null) return undefined;
    const watch = new ResizeObserver(() => setWidth(Math.max(280, current.clientWidth)));
    watch.observe(current);
    return () => watch.disconnect();
  }, []);
  return { place, width };
}

function Hours({ scale, height }: { readonly scale: Scale; readonly height: number }) {
  const { language } = useDesk().speech;
  const { from, until, x, width } = scale;
  const most = (width - left - right) / labelWidth;
  const step = steps.find((ms) => (until - from) / ms <= most) ?? until - from;
  const count = Math.floor(until / step) - Math.ceil(from / step) + 1;
  const walls = Array.from({ length: count }, (_, nth) => (Math.ceil(from / step) + nth) * step);
  return (
    <>
      {walls.map((wall) => (
        <g key={wall}>
          <line x1={x(wall)} y1={top} x2={x(wall)} y2={top + height} class="hour" />
          {x(wall) > width - labelWidth / 2 ? null : (
            <text x={x(wall)} y={top + height + 16} text-anchor="middle">
              {timeOfDay(wall, wall, language)}
            </text>
          )}
        </g>
      ))}
    </>
  );
}

interface RowParts {
  readonly points: readonly Point[];
  readonly scale: Scale;
  readonly y: number;
}

function Room({ points, scale, y }: RowParts) {
  const { speech, now } = useDesk();
  const ordered = [...points.filter((one) => !isUrgent(one)), ...points.filter(isUrgent)];
  return (
    <>
      <line x1={left} y1={y} x2={scale.width - right} y2={y} class="row" />
      {ordered.map((point) => (
        <g key={`${point.wall_ms} ${point.device} ${point.kind}`}>
          <title>
            {timeOfDay(point.wall_ms, now(), speech.language)}{" "}
            {whatWasSaid(speech.own.sensed, point)}
          </title>
          <Mark point={point} x={scale.x(point.wall_ms)} y={y} />
        </g>
      ))}
    </>
  );
}

/** Between two words of a meter the first holds; what comes after the last nobody knows. */
function Curve({ points, scale, y }: RowParts) {
  const watts = points.map(({ value }) => (typeof value === "number" ? value : 0));
  const most = Math.max(100, ...watts);
  const tall = rowHeight - 10;
  const yOf = (value: number): number => y + tall / 2 - (value / most) * tall;
  const [first = 0] = watts;
  const start = points[0] === undefined ? left : scale.x(points[0].wall_ms);
  const lines = points.map(({ wall_ms }, nth) => `H${scale.x(wall_ms)}V${yOf(watts[nth] ?? 0)}`);
  const d = `M${start} ${yOf(first)}${lines.join("")}`;
  return (
    <>
      <path class="curve" d={d} />
      <text x={0} y={y + 18} class="small">
        ≤ {Math.round(most)} W
      </text>
    </>
  );
}

interface Row {
  readonly key: string;
  readonly name: string;
  readonly meter: boolean;
  readonly points: readonly Point[];
}

const isMeter = ({ kind }: Point): boolean => kind === "power-read";

/** Rooms in the order in which they first spoke; each meter stands below its room. */
function rowsOf(points: readonly Point[], nameOf: (room: string) => string): readonly Row[] {
  const rooms = [...new Set(points.map(({ room }) => room))];
  return rooms.flatMap((room) => {
    const here = points.filter((point) => point.room === room);
    const meters = [...new Set(here.filter(isMeter).map(({ device }) => device))];
    const marks = here.filter((point) => !isMeter(point));
    return [
      { key: room, name: nameOf(room), meter: false, points: marks },
      ...meters.map((meter) => ({
        key: `${room} ${meter}`,
        name: nameOf(room),
        meter: true,
        points: here.filter((point) => isMeter(point) && point.device === meter),
      })),
    ];
  });
}

export function Drawing(parts: DrawingParts) {
  const { own, common } = useDesk().speech;
  const { place, width } = useWidth();
  const scale = scaleOf(parts, width);
  const rows = rowsOf(parts.points, (room) => roomName(common, room));
  const height = rows.length * rowHeight;
  const raisedX = scale.x(parts.raised);
  return (
    <div ref={place} class="timeline">
      <svg
        width={width}
        height={top + height + 24}
        viewBox={`0 0 ${width} ${top + height + 24}`}
        role="img"
        aria-label={own.alarm.sensors}
      >
        <Hours scale={scale} height={height} />
        {rows.map(({ key, name, meter, points }, nth) => {
          const y = top + nth * rowHeight + rowHeight / 2;
          return (
            <g key={key}>
              <text x={0} y={meter ? y + 3 : y + 5}>
                {meter ? own.alarm.sensorsPower : name}
              </text>
              {meter ? (
                <Curve points={points} scale={scale} y={y} />
              ) : (
                <Room points={points} scale={scale} y={y} />
              )}
            </g>
          );
        })}
        <line x1={raisedX} y1={top - 6} x2={raisedX} y2={top + height} class="raised" />
        <text
          x={raisedX}
          y={top - 10}
          class="raised"
          text-anchor={raisedX > width - 60 ? "end" : "middle"}
        >
          {own.levels.alarm}
        </text>
      </svg>
    </div>
  );
}
