/** On a small disk of its own: fills it under a running journal, then makes room, then starts again. */
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { countOf, motion, openRun, press } from "./home.ts";

const disk = process.argv[2] ?? "";
const dir = join(disk, "journal");
const ballast = join(disk, "ballast");
const say = (line: string): void => void process.stdout.write(`${line}\n`);

function fill(): void {
  for (let size = 1_048_576; size >= 4_096; size /= 2) {
    try {
      for (let n = 0; ; n += 1) writeFileSync(`${ballast}-${size}-${n}`, Buffer.alloc(size));
    } catch {
      // This size does not fit any more; a smaller one may.
    }
  }
}

const run = await openRun({ dir });
fill();
let kept = 0;
const all = Array.from({ length: 50 }, async () => {
  await run.say({ ...motion(true), device: "x".repeat(2_000) } as never);
  kept += 1;
});
const pressed = run.say(press).then(() => {
  kept += 1;
});
while (!run.reports.join().includes("wait in memory")) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
if (kept > 0) throw new Error(`${kept} promises were kept on a full disk`);
for (const name of readdirSync(disk)) if (name !== "journal") rmSync(join(disk, name));
await Promise.all([...all, pressed]);
for (const sentence of run.reports) say(sentence);
await run.journal.close();
const next = await openRun({ dir });
const { state, pending } = next.resumed;
say(`after the restart: ${countOf(state)?.heard} heard, ${pending.length} pending`);
await next.journal.close();
