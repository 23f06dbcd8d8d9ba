/**
 * What the home adds to an open alarm: cries (pressed again, the danger is there again) and "false
 * alarm". A cry that nobody heard before the alarm was closed is not closed with it: it becomes an
 * alarm of its own, under the same id on whichever side notices first.
 */
import type { Alarm } from "../../protocol/alarm.ts";
import { between } from "../../protocol/time.ts";
import type { Effect } from "../effects.ts";
import type { AlarmFact, Fact } from "../events.ts";
import type { Surroundings } from "../machine.ts";
import { type Change, goOn, type Moved, moveOne } from "./escalation-chain.ts";
import {
  type ClosedAlarm,
  type EscalationState,
  findClosed,
  findOpen,
  isKnown,
  type OpenAlarm,
  pressAgainAfter,
  type Scene,
  type Word,
  withHeir,
  wordsMax,
} from "./escalation-state.ts";

type Noted = Extract<AlarmFact, { kind: "alarm-noted" }>;
type Taken = Extract<AlarmFact, { kind: "note-taken" }>;

const isCry = ({ note }: Word): boolean => note !== "false-alarm-said";

/** Of two words in the same place (one was forgotten in a crash) the cry holds. */
const isYounger = (word: Word, than: Word): boolean =>
  word.nth > than.nth || (word.nth === than.nth && isCry(word));

/** What the home said last of this alarm. */
export function newestWord({ words }: OpenAlarm): Word | undefined {
  return words.reduce<Word | undefined>(
    (newest, word) => (newest === undefined || isYounger(word, newest) ? word : newest),
    undefined,
  );
}

/** The resident called it a false alarm, and nothing has cried since. */
export function falseAlarmSaid(open: OpenAlarm): boolean {
  return newestWord(open)?.note === "false-alarm-said";
}

/** All cries up to the bound; of "false alarm", which is one state and no event, the last. */
function withWord(open: OpenAlarm, word: Word): OpenAlarm {
  const others = isCry(word) ? open.words : open.words.filter(isCry);
  return { ...open, words: [...others, word].slice(-wordsMax) };
}

function wordOf(open: OpenAlarm, said: Noted, around: Surroundings): Word {
  const { note } = said;
  const made =
    said.from === "peer"
      ? { id: said.word, nth: said.nth }
      : { id: around.newId("word"), nth: Math.max(0, ...open.words.map(({ nth }) => nth)) + 1 };
  return { ...made, note, at: around.now, taken: false };
}

const tellWord = (alarmId: string, { id, nth, note }: Word): Effect => ({
  kind: "tell-peer-noted",
  alarmId,
  note,
  word: id,
  nth,
});

/** A note ends and delays nothing; a cry long after the last move pushes the chain on. */
function noted(before: OpenAlarm, said: Noted, scene: Scene): Moved | undefined {
  const { around } = scene;
  const word = wordOf(before, said, around);
  if (before.words.some(({ id }) => id === word.id)) return undefined;
  const open = withWord(before, word);
  const alarmId = before.alarm.id;
  const told: Effect[] = said.from === "here" ? [tellWord(alarmId, word)] : [];
  // The home waits for this one: it tells the resident that people know of it.
  if (said.from === "peer" && !isCry(word)) {
    told.push({ kind: "confirm-note", alarmId: said.alarmId, word: word.id });
  }
  const stale = between(open.movedAt, around.now) >= pressAgainAfter;
  if (!isCry(word) || open.dueAt === null || !stale) return { open, effects: told };
  const moved = goOn(open, scene, false);
  return { open: moved.open, effects: [...told, ...moved.effects] };
}

/** The alarm that a cry becomes: raised now, which is later than it was meant. */
function alarmOfCry(alarm: Alarm, id: string, around: Surroundings): Fact {
  return { kind: "alarm-raised", alarm: { ...alarm, id, raisedAt: around.now, late: true } };
}

/** A cry for an alarm that a person closed without having heard it. */
function criedAfterClosing(
  state: EscalationState,
  alarmId: string,
  said: Noted,
  around: Surroundings,
): Change | undefined {
  const closed = findClosed(state, alarmId);
  if (said.from === "here" || said.note === "false-alarm-said") return undefined;
  if (closed === undefined || closed.alarm === null) return undefined;
  const { word, nth, note } = said;
  if (closed.heard.includes(word)) return undefined;
  return {
    state: withHeir(state, alarmId, { id: word, nth, note, at: around.now, taken: false }),
    effects: [],
    emits: [alarmOfCry(closed.alarm, word, around)],
    because: `${word} was cried when ${alarmId} was closed without hearing it`,
  };
}

/** The alarm that stands in the place of this one: itself, until a cry outlived its closing. */
function placeOf(state: EscalationState, alarmId: string): string {
  const heir = findClosed(state, alarmId)?.heir ?? null;
  return heir === null ? alarmId : placeOf(state, heir);
}

/** A note is heard, for the alarm or for the one that took its place. */
export function noteHeard(state: EscalationState, said: Noted, scene: Scene): Change | undefined {
  // A repeat of a cry that is an alarm by now.
  if (said.from === "peer" && isKnown(state, said.word)) return undefined;
  const alarmId = placeOf(state, said.alarmId);
  return findOpen(state, alarmId) === undefined
    ? criedAfterClosing(state, alarmId, said, scene.around)
    : moveOne(state, alarmId, said.note, (open) => noted(open, said, scene));
}

/** The care service has a note on its disk: people know of "false alarm" now, if it still holds. */
export function noteTaken(state: EscalationState, said: Taken): Change | undefined {
  const { alarmId, word } = said;
  return moveOne(
    state,
    alarmId,
    "the care service knows that it is called a false alarm",
    (open) => {
      const newest = newestWord(open);
      if (newest?.id !== word || newest.taken || isCry(newest)) return undefined;
      const words = open.words.map((one) => (one === newest ? { ...one, taken: true } : one));
      return {
        open: { ...open, words },
        effects: [{ kind: "announce", key: "false-alarm-told", alarmId, words: {} }],
      };
    },
  );
}

/**
 * "False alarm" is told to people, who decide. It closes nothing, and until the care service has it
 * nobody is said to know.
 */
export function falseAlarm(state: EscalationState, alarmId: string): Change | undefined {
  if (findOpen(state, alarmId) === undefined) return undefined;
  const noted: Effect = { kind: "announce", key: "false-alarm-noted", alarmId, words: {} };
  const cutOff: Effect = { kind: "announce", key: "care-unreachable", alarmId, words: {} };
  return {
    state,
    effects: state.peerLost ? [noted, cutOff] : [noted],
    emits: [{ kind: "alarm-noted", alarmId, note: "false-alarm-said", from: "here" }],
    because: `the resident calls ${alarmId} a false alarm`,
  };
}

/** What the home said, told again with custody: it may have come too soon, or to no disk. */
export function wordsToldAgain({ alarm, words }: OpenAlarm): readonly Effect[] {
  return words.filter(({ id }) => id !== alarm.id).map((word) => tellWord(alarm.id, word));
}

/**
 * What stays of an alarm that a person closed who had heard these words; none given means all. The
 * first cry beyond them is not over, unless it is an alarm by now, and what was said after it is
 * about that.
 */
export function endedAlarm(
  state: EscalationState,
  { alarmId, closing }: Pick<ClosedAlarm, "alarmId" | "closing">,
  told?: readonly string[],
): ClosedAlarm {
  const { alarm, words } = findOpen(state, alarmId) ?? { alarm: null, words: [] };
  const heard = told ?? words.map(({ id }) => id);
  const cry = words.find(
    (word) => isCry(word) && !heard.includes(word.id) && !isKnown(state, word.id),
  );
  const rest = words.filter((word) => cry !== undefined && isYounger(word, cry));
  return { alarmId, closing, heard, alarm, heir: cry?.id ?? null, rest };
}

/** The alarm that goes on after a closing, if one does. */
export function heirOf({ alarm, heir }: ClosedAlarm, around: Surroundings): readonly Fact[] {
  return alarm === null || heir === null ? [] : [alarmOfCry(alarm, heir, around)];
}
