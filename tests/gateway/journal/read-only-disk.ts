/** On a small disk of its own: starts a journal, makes the disk read-only, starts again, and recovers. */
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { countOf, motion, openRun, press } from "./home.ts";

const disk = process.argv[2] ?? "";
const dir = join(disk, "journal");
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const first = await openRun({ dir, boot: "r1" });
await first.say(motion(true));
await first.say(press);
await first.say(motion(false));
await first.journal.close();

execFileSync("mount", ["-o", "remount,ro", disk]);
// A place for copies that no other test uses.
execFileSync("mount", ["-t", "tmpfs", "none", "/dev/shm"]);
const second = await openRun({ dir, boot: "r2" });
const begun = second.resumed;
say(`started with ${countOf(begun.state)?.heard} heard, ${begun.pending.length} pending`);
// Whoever is killed from here on leaves no copy of a home's days behind.
say(`copies that lie about: ${readdirSync("/dev/shm").length}`);
const waiting = [second.say(press), second.say(motion(true))];
while (!second.reports.join().includes("wait in memory")) {
  await new Promise((resolve) => setTimeout(resolve, 20));
}
for (const sentence of second.reports) say(sentence);
execFileSync("mount", ["-o", "remount,rw", disk]);
await Promise.all(waiting);
await second.journal.close();

const third = await openRun({ dir, boot: "r3" });
const { state, pending } = third.resumed;
say(`after the restart: ${countOf(state)?.heard} heard, ${pending.length} pending`);
await third.journal.close();
