/**
 * `node care/main.ts --config FILE [--json]`: the care service. Prints what it gets, one line each.
 */
import { parseArgs } from "node:util";
import { pino } from "pino";
import { type AccountRole, accountRoles } from "../protocol/care-api.ts";
import { readCareConfiguration } from "./config.ts";
import { invite as inviteTo } from "./office/invite-command.ts";
import { printer } from "./print.ts";
import { type CareService, startCare } from "./service.ts";

/** sysexits.h: EX_USAGE, EX_IOERR, EX_TEMPFAIL, EX_CONFIG. */
const exit = { usage: 64, disk: 74, lease: 75, config: 78 } as const;

const usage = `Usage: node care/main.ts --config FILE [--json]
       node care/main.ts --config FILE --invite NAME [--role ROLE]
The second form prints a one-time link by which NAME chooses a password. ROLE is one of
${accountRoles.join(", ")}; an administrator where nothing is said.
`;

function end(words: string, code: number): never {
  process.stderr.write(`${words.trimEnd()}\n`);
  process.exit(code);
}

interface Arguments {
  readonly config: string;
  readonly json: boolean;
  readonly invite: string | undefined;
  readonly role: AccountRole;
}

function readArguments(): Arguments {
  try {
    const { values } = parseArgs({
      options: {
        config: { type: "string" },
        json: { type: "boolean", default: false },
        invite: { type: "string" },
        role: { type: "string", default: "administrator" },
      },
    });
    const { config = end(usage, exit.usage), json, invite } = values;
    const role = accountRoles.find((one) => one === values.role) ?? end(usage, exit.usage);
    return { config, json, invite, role };
  } catch (thrown) {
    return end(`${thrown instanceof Error ? thrown.message : thrown}\n${usage}`, exit.usage);
  }
}

const { config, json, invite, role } = readArguments();
const read = readCareConfiguration(config);
if (!read.ok) end(read.faults.join("\n"), exit.config);
if (invite !== undefined) {
  const { database, office } = read.value;
  try {
    const path = await inviteTo(database, invite, role);
    process.stdout.write(`${office?.publicUrl ?? ""}${path}\n`);
    process.exit(0);
  } catch (thrown) {
    end(thrown instanceof Error ? thrown.message : String(thrown), exit.disk);
  }
}
// Whoever reads our output may hang or go: then lines are dropped, and alarms do not wait for them.
const out = pino.destination({ dest: 1, sync: false, maxLength: 1_048_576 });
out.on("error", () => undefined);
const print = printer((text) => out.write(text), json ? "json" : "people");

let service: CareService;
try {
  service = await startCare(read.value, print, (why, what) => end(why, exit[what]));
} catch (thrown) {
  end(thrown instanceof Error ? thrown.message : String(thrown), exit.disk);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => {
    service.close().then(
      () => {
        out.flushSync();
        process.exit(0);
      },
      () => process.exit(exit.disk),
    );
  });
}
