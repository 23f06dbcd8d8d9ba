/** A month that is over: the alarms of which history and statistics tell. */
import { join } from "node:path";
import Database from "better-sqlite3";
import type { Category, Outcome } from "../../protocol/alarm.ts";
import { seededRandom } from "../support/random.ts";

interface Kind {
  readonly category: Category;
  readonly reason: string;
  readonly room: string;
  readonly outcome: Outcome;
  readonly note: string;
}

const kinds: readonly Kind[] = [
  {
    category: "emergency-call",
    reason: "sos-pressed",
    room: "bath",
    outcome: "helped",
    note: "Im Bad gestürzt, unverletzt. Aufgeholfen, Tee gekocht, Tochter angerufen.",
  },
  {
    category: "emergency-call",
    reason: "sos-pressed",
    room: "bedroom",
    outcome: "nobody-needed-help",
    note: "Wollte nur wissen, ob jemand antwortet.",
  },
  {
    category: "emergency-call",
    reason: "help-requested",
    room: "living room",
    outcome: "ambulance-called",
    note: "Atemnot. Rettungsdienst war nach neun Minuten da.",
  },
  {
    category: "hazard",
    reason: "smoke",
    room: "kitchen",
    outcome: "false-alarm",
    note: "Angebranntes Essen, Fenster geöffnet.",
  },
  {
    category: "stove",
    reason: "stove-not-off",
    room: "kitchen",
    outcome: "fault-repaired",
    note: "Schütz hing. Ausgetauscht, Herd abgeschaltet und geprüft.",
  },
];

const day = 86_400_000;
const people = ["Frau Maier", "Herr Yilmaz", "Anna Weber", "Nachtdienst"];

/** Writes it beside the running service, which reads its rows anew for each question. */
export function rememberMonth(folder: string, homes: readonly string[], count: number): void {
  const random = seededRandom(7);
  const db = new Database(join(folder, "data", "care.db"));
  const insert = db.prepare(`INSERT INTO alarms
    (home, id, category, level, reason, room, device, drill, late, raised_wall, custody_wall,
     accepted_wall, accepted_by, closed_wall, closed_by, outcome, note, false_alarm)
    VALUES (?, ?, ?, 'alarm', ?, ?, NULL, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const now = Date.now();
  for (let nth = 0; nth < count; nth += 1) {
    const { category, reason, room, outcome, note } = random.chance(0.6)
      ? random.pick(kinds.slice(0, 2))
      : random.pick(kinds);
    const raised = now - day / 2 - Math.floor(random.next() * 28 * day);
    const custody = raised + 300 + random.int(1_200);
    const accepted = custody + 8_000 + Math.floor(random.next() ** 3 * 400_000);
    const closed = accepted + 240_000 + Math.floor(random.next() ** 2 * 3_600_000);
    const who = random.pick(people);
    const isFalse = outcome === "false-alarm" ? 1 : 0;
    const times = [raised, custody, accepted, who, closed, who];
    const what = [random.pick(homes), `past-${nth}`, category, reason, room];
    insert.run(...what, ...times, outcome, note, isFalse);
  }
  db.close();
}
