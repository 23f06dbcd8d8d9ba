/**
 * `node care/main.ts --config FILE [--json]`: the care service. Prints what it gets, one line each.
 */
import { parseArgs } from "node:util";
import { pino } from "pino";
import { readCareConfiguration } from "./config.ts";
import { printer } from "./print.ts";
import { type CareService, startCare } from "./service.ts";

/** sysexits.h: EX_USAGE, EX_IOERR, EX_TEMPFAIL, EX_CONFIG. */
const exit = { usage: 64, disk: 74, lease: 75, config: 78 } as const;

const usage = "Usage: node care/main.ts --config FILE [--json]\n";

function end(words: string, code: number): never {
  process.stderr.write(`${words.trimEnd()}\n`);
  process.exit(code);
}

function readArguments(): { readonly config: string; readonly json: boolean } {
  try {
    const { values } = parseArgs({
      options: { config: { type: "string" }, json: { type: "boolean", default: false } },
    });
    return { config: values.config ?? end(usage, exit.usage), json: values.json };
  } catch (thrown) {
    return end(`${thrown instanceof Error ? thrown.message : thrown}\n${usage}`, exit.usage);
  }
}

const { config, json } = readArguments();
const read = readCareConfiguration(config);
if (!read.ok) end(read.faults.join("\n"), exit.config);
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
