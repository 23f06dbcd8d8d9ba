/** One home as a process of the care service runs it, with a scripted disk, broker and clock. */
import type { CareConfiguration } from "../../care/config.ts";
import { type Common, takeHomes } from "../../care/places.ts";
import type { EntryRow, KnownRow, Row } from "../../care/store/rows.ts";
import type { Beat, UpMessage } from "../../protocol/messages.ts";
import { instant } from "../../protocol/time.ts";
import { careTopics } from "../../protocol/topics.ts";
import { careStates } from "../../rules/index.ts";

const topics = careTopics("weber");

/** Who lives there, as a row. */
export const known = {
  ...{ home: "weber", resident: null, address: null, phone: null, key_safe: null, notes: null },
  ...{ timezone: "Europe/Berlin", home_group: null, link: "{}", credential_sha256: null },
  ...{ revoked: 0, maintenance_until_wall: null, drill_due_wall: null, absent_until_wall: null },
  ...{ imported_version: 1, imported_credential: null, unread: 0 },
};

export class HomeRig {
  /** Wall time, ms since 1970; gateway time goes on with it. */
  wall: number;
  readonly rows: Row[] = [];
  readonly said: string[] = [];
  readonly warnings: string[] = [];
  readonly sent: { readonly topic: string; readonly text: string }[] = [];
  readonly released: string[] = [];
  /** False: rows wait, and nobody hears that they are on the disk. */
  writes = true;
  taken: () => Promise<readonly string[]> = () => Promise.resolve([]);
  load: () => Promise<KnownRow | undefined> = () => Promise.resolve(undefined);
  readonly common: Common;

  constructor(agreement: object, utc = "2026-11-27T12:00:00Z") {
    this.wall = Date.parse(utc);
    this.common = this.#make();
    const kept = { home: "weber", known: { known, agreement: JSON.stringify(agreement) } };
    const nothing = { state: undefined, closings: [], lines: [], arrivals: [], fence: 1 };
    takeHomes(this.common, [{ ...kept, ...nothing }], null);
  }

  #make(): Common {
    const begun = this.wall;
    return {
      configuration: {} as CareConfiguration,
      boot: "boot",
      places: new Map(),
      office: undefined,
      neighbours: undefined,
      living: { wake: () => undefined, linked: () => undefined, taken: () => undefined },
      clock: {
        now: () => instant(this.wall - begun),
        wall: () => ({ wall_ms: this.wall, trusted: true }),
      },
      print: (line) => void (line.kind === "warning" ? this.warnings : this.said).push(line.text),
      broker: {
        publish: (topic, text) => void this.sent.push({ topic, text: text.toString() }),
        drop: () => undefined,
      },
      store: {
        stamp: undefined,
        append: (row, durable) => {
          this.rows.push(row);
          if (this.writes) durable?.();
        },
        hasRoom: () => true,
        claim: () => Promise.resolve(),
        loadHome: () => this.load(),
        taken: () => this.taken(),
        living: () => Promise.reject(new Error("nobody asks")),
        release: async (homes) => void this.released.push(...homes),
        forget: () => Promise.resolve(),
        close: () => Promise.resolve(),
      },
    };
  }

  get place() {
    const place = this.common.places.get("weber");
    if (place === undefined) throw new Error("nobody looks after the home");
    return place;
  }

  /** Steps of the rules that are rows. */
  get entries(): readonly EntryRow[] {
    return this.rows.filter((row) => row.kind === "entry");
  }

  get open() {
    return careStates(this.place.home.now()).escalation.open;
  }

  /** What the home's gateway says. */
  hear(id: string, body: UpMessage["body"]): void {
    this.#hear(topics.up, { id, body });
  }

  beat(): void {
    this.#hear(topics.beatUp, { id: "b", holds: [] });
  }

  #hear(topic: string, message: object): void {
    const head = { home: "weber", boot: "h", at_ms: 1, wall_ms: this.wall, wall_trusted: true };
    const { home, link } = this.place;
    link.receive(topic, Buffer.from(JSON.stringify({ ...head, ...message })), {
      message: (said, durable) => home.receive(said, durable),
      beat: (said) => home.heardBeat(said),
      holds: () => [...home.holds()],
    });
  }

  /** Beats that went to the home. */
  get beats(): readonly Beat[] {
    return this.sent
      .filter(({ topic }) => topic === topics.beatDown)
      .map(({ text }) => JSON.parse(text) as Beat);
  }

  close(): void {
    for (const { home, link } of this.common.places.values()) {
      home.stop();
      link.stop();
    }
  }
}
