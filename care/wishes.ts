/**
 * What people want of one home, carried out by its rules: what is done with an alarm, planned
 * maintenance, absence, test alarms, its end. It comes from the office of this process or of
 * another one, which also passes on that a message has arrived.
 */
import { z } from "zod";
import { deskRequestSchema } from "../protocol/desk.ts";
import { textMax } from "../protocol/text.ts";
import { after, milliseconds } from "../protocol/time.ts";
import { maintenanceMax } from "../rules/machines/home-link.ts";
import { orderDrill } from "./drills.ts";
import type { Told } from "./home.ts";
import { isAbsent } from "./local-time.ts";
import type { OfficeAnswer } from "./office/mail.ts";
import { type Common, forgetHome, hearArrivals, type Place } from "./places.ts";
import type { Answer } from "./requests.ts";

const id = z.string().min(1).max(textMax.id);
const untilWall = z.number().nullable();

export const wishSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("alarm"), request: deskRequestSchema.shape.request }),
  /** Null ends it. */
  z.object({ kind: z.literal("maintenance"), untilWall }),
  z.object({ kind: z.literal("absence"), untilWall }),
  z.object({ kind: z.literal("drill") }),
  /** Nothing more is written of it: its rows are about to be erased. */
  z.object({ kind: z.literal("forget") }),
  /** Said once: the row says it again to whoever has the home. */
  z.object({
    kind: z.literal("arrival"),
    ...{ telling: z.string().max(300), alarmId: id, party: id },
    ...{ step: z.int().nonnegative(), round: z.int().nonnegative() },
  }),
]);

/** A wish with the home it is for and an id by which a repeat is known. */
export const askedSchema = z.object({ id, home: id, wish: wishSchema });

export type Wish = z.infer<typeof wishSchema>;
export type Asked = z.infer<typeof askedSchema>;

export const taken: OfficeAnswer = { taken: true, why: "" };

/** Nobody decided anything, and somebody may do so a moment later. */
export const undecided = (why: string): OfficeAnswer => ({ taken: false, why, again: true });

/** Longer than the rules allow is shown to nobody, either. */
function maintain(common: Common, place: Place, wall: number | null, sequel: Sequel): void {
  const { clock } = common;
  const now = clock.wall().wall_ms;
  const isAhead = wall !== null && wall > now;
  const shown = isAhead ? Math.min(wall, now + maintenanceMax) : null;
  const until = after(clock.now(), milliseconds((shown ?? now) - now));
  const known = { maintenance_until_wall: shown };
  place.home.say({ kind: "maintenance-told", until }, sequel.durable, { ...sequel.told, known });
}

/**
 * Absence chooses the chain and nothing else: the button and every alarm go on as before. The rules
 * hear at once that it begins, or is ended, and so does the home: its own chain is the same. That
 * it ends by itself they know with the hour.
 */
function noteAbsence(common: Common, place: Place, wall: number | null, sequel: Sequel): void {
  const until = isAbsent(wall, common.clock.wall().wall_ms) ? wall : null;
  const { home, link } = place;
  place.known = { ...place.known, absentUntil_wall: until };
  const durable = (): void => {
    sequel.durable();
    link.beat(home.holds());
  };
  home.tellAbsence(durable, { ...sequel.told, known: { absent_until_wall: until } });
}

/** Not while somebody waits there. */
function forget(common: Common, { known, home }: Place, answer: Answer): void {
  const name = known.plan.home;
  if (home.hasOpenAlarm()) {
    answer({ taken: false, why: `an alarm of ${name} is open; close it first` });
    return;
  }
  forgetHome(common, name).then(
    () => answer(taken),
    (thrown: unknown) => answer({ taken: false, why: String(thrown) }),
  );
}

/** How the step ends: the answer, and the id that is kept with it. */
interface Sequel {
  readonly durable: () => void;
  readonly told: Told;
}

/** `message` is kept with the step: by it a later repeat is known. */
export function carryOut(common: Common, asked: Asked, answer: Answer, message?: string): void {
  const { home, wish } = asked;
  const place = common.places.get(home);
  if (place === undefined) {
    answer(undecided(`${home} is not looked after by this process; try again`));
    return;
  }
  const durable = (): void => answer(taken);
  const sequel = { durable, told: message === undefined ? {} : { message } };
  switch (wish.kind) {
    case "alarm":
      place.home.request({ id: asked.id, home, request: wish.request }, answer, sequel.told);
      return;
    case "maintenance":
      maintain(common, place, wish.untilWall, sequel);
      return;
    case "absence":
      noteAbsence(common, place, wish.untilWall, sequel);
      return;
    case "drill":
      orderDrill(common, place, durable, sequel.told);
      return;
    case "forget":
      forget(common, place, answer);
      return;
    case "arrival": {
      const { kind: _, telling, ...arrival } = wish;
      hearArrivals(common, [{ id: telling, home, ...arrival }]);
      answer(taken);
      return;
    }
  }
}

/**
 * What another process asks. It asks again until it is answered, and whoever carried it out may be
 * dead by then: by its id it is carried out once. An act with an alarm, and an arrival, do not wait
 * for the disk: a repeat changes nothing, and only where it is refused it may have been taken
 * before.
 */
export function carryOutOnce(common: Common, asked: Asked, answer: Answer): void {
  const message = `wish ${asked.id}`;
  const unlessTaken = (otherwise: () => void): void => {
    common.store.taken(asked.home).then(
      (before) => {
        if (before.includes(message)) answer(taken);
        else otherwise();
      },
      (thrown: unknown) => answer(undecided(`the database does not answer: ${thrown}; try again`)),
    );
  };
  if (asked.wish.kind !== "alarm" && asked.wish.kind !== "arrival") {
    unlessTaken(() => carryOut(common, asked, answer, message));
    return;
  }
  const first: Answer = (words) => {
    if (words.taken) answer(words);
    else unlessTaken(() => answer(words));
  };
  carryOut(common, asked, first, message);
}
