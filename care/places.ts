/** The homes that this process looks after: taken, run, given up. */
import type { Broker } from "../platform/broker.ts";
import { localTimeIn } from "../platform/local-time.ts";
import { rateLimited } from "../platform/log.ts";
import type { UpMessage } from "../protocol/messages.ts";
import { deskTopics } from "../protocol/topics.ts";
import { careStates } from "../rules/index.ts";
import type { Line } from "./account.ts";
import type { CareConfiguration } from "./config.ts";
import { contextTaker } from "./context.ts";
import { deskView } from "./desk-view.ts";
import { type CareClock, CareHome } from "./home.ts";
import { HomeLink } from "./home-link.ts";
import { readState } from "./kept-state.ts";
import { type KnownHome, knownHomeOf } from "./known-home.ts";
import { livingTaker } from "./living.ts";
import type { LivingPost } from "./living-post.ts";
import { isAbsent } from "./local-time.ts";
import type { Neighbours } from "./neighbours.ts";
import type { OfficeFront } from "./office/front.ts";
import type { Print } from "./print.ts";
import type { Arrival, KeptHome } from "./store/rows.ts";
import type { CareStore } from "./store/store.ts";

/** What one home can put into our output; further sentences are counted. */
const warningsPerMinute = 10;

/** How long a home goes on by its old agreement when the database could not be read. */
const rereadMs = 5_000;

/** The rows of a home are erased within seconds. */
const erasedWithinMs = 60_000;

/** One home: who lives there, its rules and its wire. */
export interface Place {
  known: KnownHome;
  /** How often it was read anew: of two readings at once the later counts. */
  readings: number;
  readonly home: CareHome;
  readonly link: HomeLink;
  /** Takes what only people read: sensors around an alarm, choices, orders. False for all else. */
  readonly drawn: (message: UpMessage, durable: () => void) => boolean;
}

export type Places = Map<string, Place>;

/** The parts that all homes share, once disk and clock are there. */
export interface Common {
  readonly configuration: CareConfiguration;
  readonly print: Print;
  readonly boot: string;
  readonly clock: CareClock;
  readonly store: CareStore;
  readonly places: Places;
  readonly living: Pick<LivingPost, "wake" | "linked" | "taken">;
  /** Undefined until the broker listens: whoever is not connected misses nothing. */
  broker: Pick<Broker, "publish" | "drop"> | undefined;
  /** Undefined where there are no pages, and until they are open. */
  office: OfficeFront | undefined;
  /** Processes that look after other homes; undefined where this one listens itself. */
  neighbours: Neighbours | undefined;
}

/** Says at every place who is looked after here; the office keeps no other homes on its board. */
export function greetOffice({ office, places }: Common): void {
  office?.hello([...places].map(([home, { known }]) => ({ home, timezone: known.timezone })));
}

function openHome(common: Common, known: KnownHome, kept: KeptHome): Place {
  const { clock, store, boot, print } = common;
  const { home } = known.plan;
  const warn = rateLimited(
    (text) => print({ kind: "warning", text: `${home}: ${text}` }),
    warningsPerMinute,
    60_000,
  );
  const link = new HomeLink({
    home,
    kept,
    clock,
    boot,
    store,
    warn,
    absentUntil: () => place.known.absentUntil_wall,
    onLinked: (at_ms) => common.living.linked(home, at_ms),
    onTaken: (line, at_ms) => common.living.taken(home, line, at_ms),
    publish: (topic, payload, qos) =>
      common.broker?.publish(topic, payload, { retain: false, qos }),
  });
  const say = (line: Line): void => {
    const event = { ...line, home, wall_ms: clock.wall().wall_ms };
    print(event);
    common.office?.put({ kind: "event", event });
    const text = JSON.stringify(event);
    common.broker?.publish(deskTopics.event(home), text, { retain: false, qos: 0 });
  };
  const care = new CareHome({
    known,
    kept,
    clock,
    boot,
    store,
    link,
    say,
    local: () => {
      const { plan, timezone, absentUntil_wall } = place.known;
      const { wall_ms } = clock.wall();
      const local = localTimeIn(timezone, wall_ms, plan.agreement.region ?? "DE");
      return { ...local, absent: isAbsent(absentUntil_wall, wall_ms) };
    },
    show: (state) => {
      const at = { now: clock.now(), wall: clock.wall() };
      const view = deskView(place.known.plan, state, at);
      common.office?.put({ kind: "state", view });
      const text = JSON.stringify(view);
      common.broker?.publish(deskTopics.state(home), text, { retain: true, qos: 1 });
    },
    tell: () => common.office?.put({ kind: "tellings" }),
    onRuleFault: (thrown, event) => warn(`a rule failed at ${event.kind} ${event.id}: ${thrown}`),
  });
  const drawn = contextTaker({ home, rules: care, clock, store });
  const lived = livingTaker({ home, clock, store, wake: () => common.living.wake([home]) });
  const place: Place = {
    ...{ known, readings: 0, home: care, link },
    drawn: (message, durable) => drawn(message, durable) || lived(message, durable),
  };
  return place;
}

/** A home that nobody knows any more, while somebody there waits for help. */
function warnOfOrphan({ print }: Common, kept: KeptHome): void {
  const state = readState(kept);
  const open = state === undefined ? 0 : careStates(state).escalation.open.length;
  if (open === 0) return;
  const text = `${kept.home} is not in the configuration, but ${open} of its alarms are open`;
  print({ kind: "warning", text: `${text}; add it again` });
}

/** Messages have come to whom they tell: it is heard at once, so that the chain waits for them. */
export function hearArrivals({ places }: Common, arrivals: readonly Arrival[]): void {
  for (const arrival of arrivals) places.get(arrival.home)?.home.hearArrival(arrival);
}

/** Homes that are this process's from now on go on where the last run ended. */
export function takeHomes(common: Common, homes: readonly KeptHome[], gapMs: number | null): void {
  for (const kept of homes) {
    try {
      if (kept.known === undefined) warnOfOrphan(common, kept);
      else {
        const place = openHome(common, knownHomeOf(kept.known), kept);
        common.places.set(kept.home, place);
        place.home.start(gapMs);
        // Before the first deadline: an overdue one must not call a message lost that has arrived.
        hearArrivals(common, kept.arrivals);
        place.home.show();
      }
    } catch (thrown) {
      const text = `${kept.home} cannot be looked after: ${thrown}`;
      common.print({ kind: "warning", text });
    }
  }
  greetOffice(common);
}

/** Stops a home here; what waits for the disk still goes there. */
function stopHome({ places }: Common, home: string): void {
  places.get(home)?.home.stop();
  places.get(home)?.link.stop();
  places.delete(home);
}

/** Another process has room for these homes. */
export async function giveHomes(common: Common, homes: readonly string[]): Promise<void> {
  for (const home of homes) stopHome(common, home);
  greetOffice(common);
  await common.store.release(homes);
}

/**
 * Nothing more is written of this home: its rows are about to be erased. If they are there by then
 * all the same, somebody must look after it again: it is given up to whoever takes it.
 */
export async function forgetHome(common: Common, home: string): Promise<void> {
  stopHome(common, home);
  greetOffice(common);
  await common.store.forget(home);
  const takeUp = (): void => {
    if (!common.places.has(home)) void common.store.release([home]);
  };
  setTimeout(takeUp, erasedWithinMs).unref();
}

/** Reads anew who lives there, agreement and credential, until the database answers. */
export function readAgain(common: Common, home: string): void {
  load(common, home).catch((thrown: unknown) => {
    common.print({ kind: "warning", text: `${home} is read again later: ${thrown}` });
    setTimeout(() => readAgain(common, home), rereadMs);
  });
}

async function load(common: Common, home: string): Promise<void> {
  const place = common.places.get(home);
  if (place === undefined) return;
  place.readings += 1;
  const nth = place.readings;
  const row = await common.store.loadHome(home);
  const isOver = place.readings !== nth || common.places.get(home) !== place;
  if (row === undefined || isOver) return;
  const before = place.known.passwordSha256;
  const { drillDue_wall, absentUntil_wall } = place.known;
  // Only this process writes these, and the row with the last of them may be on its way yet.
  const own = { drillDue_wall, absentUntil_wall };
  place.known = { ...knownHomeOf(row), ...own };
  place.home.adopt(place.known);
  // Whoever came in with a credential that is void now does not stay.
  if (before !== place.known.passwordSha256) common.broker?.drop(home, "its credential is void");
}
