/** A process that appends without end and says what was acknowledged, until it is killed. */
import { seededRandom } from "../../support/random.ts";
import { motion, openRun, press } from "./home.ts";

const [dir = "", seed = "1"] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const run = await openRun({ dir, boot: `b${seed}` });
for (let n = 1; ; n += 1) {
  const fact = random.chance(0.1) ? press : motion(random.chance(0.5));
  // It does not run ahead of the disk: now and then it waits for the promise.
  const waits = n % 40 === 0;
  const said = run.say(fact, waits || random.chance(0.4) ? "now" : "soon");
  void said.then((id) => process.stdout.write(`${id}\n`));
  if (random.chance(0.05)) void run.journal.snapshot(run.state());
  if (random.chance(0.02)) void run.journal.tend(true);
  // A gateway hears its events one by one; sometimes several come in one turn.
  if (waits) await said;
  else if (random.chance(0.7)) await new Promise((resolve) => setImmediate(resolve));
}
