/**
 * A desk on the command line, for trying out and for emergencies of the web desk:
 * `node care/desk.ts --url URL --name DESK --password-file FILE --ca FILE VERB`.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { outcomes, type Person } from "../protocol/alarm.ts";
import type { DeskAnswer } from "../protocol/desk.ts";
import { type Desk, type OpenAlarm, openDesk } from "./desk-client.ts";

/** sysexits.h: EX_USAGE, EX_UNAVAILABLE, EX_TEMPFAIL. */
const exit = { usage: 64, unavailable: 69, refused: 75 } as const;

const usage = `Usage: node care/desk.ts OPTIONS VERB
  --url mqtts://HOST:PORT --name DESK --password-file FILE [--ca FILE]
  list                     open alarms
  watch                    what happens, until Ctrl-C
  accept  ALARM --by NAME
  decline ALARM --by NAME
  hand-over ALARM --by NAME --to ID   ID as the agreement names its parties: only they have ways
  close   ALARM --by NAME --outcome OUTCOME [--note TEXT]
OUTCOME is one of ${outcomes.join(", ")}.
`;

/** How long to wait for the states of all homes once the subscriptions are granted. */
const settleMs = 500;

function end(words: string, code: number): never {
  process.stderr.write(`${words.trimEnd()}\n`);
  process.exit(code);
}

const say = (words: string): boolean => process.stdout.write(`${words}\n`);

function readArguments() {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        url: text,
        name: text,
        "password-file": text,
        ca: text,
        by: text,
        to: text,
        outcome: text,
        note: text,
      },
    });
  } catch (thrown) {
    return end(`${thrown instanceof Error ? thrown.message : thrown}\n${usage}`, exit.usage);
  }
}

const { values, positionals } = readArguments();
const [verb = "list", alarmId = ""] = positionals;
const need = (value: string | undefined, name: string): string =>
  value ?? end(`--${name} is missing\n${usage}`, exit.usage);

/** The person of that name or id whom the alarm's step tells; or somebody whom nobody told. */
function personFor(alarm: OpenAlarm | undefined, by: string): Person {
  const told = alarm?.told.find(({ id, name }) => id === by || name === by);
  return told ?? { id: by.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-"), name: by };
}

function line({ home, alarm, coming, told, round }: OpenAlarm): string {
  const who = coming.map(({ name }) => name).join(", ");
  const asked = told.map(({ name }) => name).join(", ");
  const state = who === "" ? `telling ${asked} (round ${round + 1})` : `coming: ${who}`;
  return `${alarm.id}  ${home}  ${alarm.level} ${alarm.category} ${alarm.reason}  ${state}`;
}

async function act(desk: Desk): Promise<DeskAnswer> {
  const alarm = desk.openAlarms().find((open) => open.alarm.id === alarmId);
  const by = personFor(alarm, need(values.by, "by"));
  if (verb === "accept") return await desk.accept(alarmId, by);
  if (verb === "decline") return await desk.decline(alarmId, by);
  if (verb === "hand-over") {
    return await desk.handOver(alarmId, by, personFor(alarm, need(values.to, "to")));
  }
  const outcome = outcomes.find((one) => one === values.outcome) ?? end(usage, exit.usage);
  return await desk.closeAlarm(alarmId, { by, outcome, note: values.note ?? "" });
}

async function run(desk: Desk): Promise<void> {
  if (verb === "list") {
    for (const open of desk.openAlarms()) say(line(open));
  } else {
    const answer = await act(desk);
    if (!answer.taken) end(answer.why, exit.refused);
    say("taken");
  }
  await desk.close();
}

const watching = verb === "watch";
if (!["list", "watch", "accept", "decline", "hand-over", "close"].includes(verb))
  end(usage, exit.usage);
const ca = values.ca === undefined ? {} : { ca: readFileSync(values.ca, "utf8") };
const desk = openDesk(
  {
    url: need(values.url, "url"),
    name: need(values.name, "name"),
    password: readFileSync(need(values["password-file"], "password-file"), "utf8").trim(),
    ...ca,
  },
  {
    event: ({ home, text }) => watching && say(`${home}: ${text}`),
    connected: (up, cause) => {
      if (!up) end(`no connection to the care service: ${cause}`, exit.unavailable);
      // Retained states follow the granted subscriptions at once.
      if (!watching) setTimeout(() => void run(desk), settleMs);
    },
  },
);
