/**
 * What people want of one home, carried out by its rules: what is done with an alarm, planned
 * maintenance, absence, test alarms. It comes from the office of this process or of another one.
 */
import { z } from "zod";
import { deskRequestSchema } from "../protocol/desk.ts";
import { textMax } from "../protocol/text.ts";
import { after, milliseconds } from "../protocol/time.ts";
import { orderDrill } from "./drills.ts";
import type { Told } from "./home.ts";
import { isAbsent } from "./local-time.ts";
import type { OfficeAnswer } from "./office/mail.ts";
import type { Common, Place } from "./places.ts";
import type { Answer } from "./requests.ts";

const id = z.string().min(1).max(textMax.id);
const untilWall = z.number().nullable();

export const wishSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("alarm"), request: deskRequestSchema.shape.request }),
  /** Null ends it. */
  z.object({ kind: z.literal("maintenance"), untilWall }),
  z.object({ kind: z.literal("absence"), untilWall }),
  z.object({ kind: z.literal("drill") }),
]);

/** A wish with the home it is for and an id by which a repeat is known. */
export const askedSchema = z.object({ id, home: id, wish: wishSchema });

export type Wish = z.infer<typeof wishSchema>;
export type Asked = z.infer<typeof askedSchema>;

export const taken: OfficeAnswer = { taken: true, why: "" };

/** Nobody decided anything, and somebody may do so a moment later. */
export const undecided = (why: string): OfficeAnswer => ({ taken: false, why, again: true });

function maintain(common: Common, place: Place, wall: number | null, sequel: Sequel): void {
  const { clock } = common;
  const left = wall === null ? 0 : Math.max(0, wall - clock.wall().wall_ms);
  const until = after(clock.now(), milliseconds(left));
  const known = { maintenance_until_wall: left === 0 ? null : wall };
  place.home.say({ kind: "maintenance-told", until }, sequel.durable, { ...sequel.told, known });
}

/**
 * Absence chooses the chain and nothing else: the button and every alarm go on as before. The rules
 * hear at once that it begins, or is ended; that it ends by itself they hear with the hour.
 */
function noteAbsence(common: Common, place: Place, wall: number | null, sequel: Sequel): void {
  const until = isAbsent(wall, common.clock.wall().wall_ms) ? wall : null;
  place.known = { ...place.known, absentUntil_wall: until };
  place.home.tellAbsence(sequel.durable, { ...sequel.told, known: { absent_until_wall: until } });
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
  }
}

/**
 * What another process asks. It asks again until it is answered, and whoever carried it out may be
 * dead by then: by its id it is carried out once. An act with an alarm does not wait for the disk:
 * a repeat changes nothing, and only where it is refused it may have been taken before.
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
  if (asked.wish.kind !== "alarm") {
    unlessTaken(() => carryOut(common, asked, answer, message));
    return;
  }
  const first: Answer = (words) => {
    if (words.taken) answer(words);
    else unlessTaken(() => answer(words));
  };
  carryOut(common, asked, first, message);
}
