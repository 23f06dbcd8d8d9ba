/** The thread that owns the disk of the care service. */
import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import type { Kysely } from "kysely";
import { systemTime, trustedAlways } from "../../platform/clock.ts";
import { holdAlone } from "./alone.ts";
import { settleCatalogue } from "./catalogue.ts";
import { commitRows } from "./commit.ts";
import { CommitLoop } from "./commit-loop.ts";
import { databaseFault } from "./fault.ts";
import { importHomes } from "./imports.ts";
import { readKnownHome, readTaken } from "./kept.ts";
import { livingOf } from "./living-lists.ts";
import { LivingWatch } from "./living-watch.ts";
import type { CareDialect } from "./migrations.ts";
import { NewsWatch } from "./news.ts";
import { openCareDatabase, vitalTables } from "./open.ts";
import type { AnswerOf, Ask, FromDisk, Opening, ToDisk } from "./rows.ts";
import type { CareDatabase } from "./schema.ts";
import { readStamp } from "./stamp.ts";
import { Sweep } from "./sweep.ts";
import { Tenancy } from "./tenancy.ts";

const { place, owner: name, lease, imports, offers, eventsDays } = workerData as Opening;
const port = parentPort as NonNullable<typeof parentPort>;
const dialect: CareDialect = "sqliteFile" in place ? "sqlite" : "postgres";
/** The homes in a file keep their owner over a restart: nobody else can be it. */
const owner = dialect === "sqlite" ? "file" : name;

const say = (message: FromDisk): void => port.postMessage(message);
const faultOf = (thrown: unknown) => databaseFault(thrown, place);

const timeLost =
  "homes are remembered, but not when: whatever was to happen by some time happens now, as late";

function serve(db: Kysely<CareDatabase>, letGo: () => void): void {
  const loop = new CommitLoop({
    commit: ({ stamp, ...portion }) =>
      commitRows(
        { db, dialect, owner, onErased: (homes) => say({ kind: "surplus", homes }) },
        { ...portion, stamp: dialect === "sqlite" ? stamp : undefined },
      ),
    faultOf,
    say,
    drain: () => {
      for (;;) {
        const next = receiveMessageOnPort(port);
        if (next === undefined) return;
        take(next.message as ToDisk);
      }
    },
    onDurable: (rows) => sweep.note(rows),
  });
  const tenancy = new Tenancy({
    ...{ db, dialect, owner, say, times: lease, leaseMs: lease.leaseMs },
    wordsOf: (thrown) => faultOf(thrown).message,
  });
  const news = new NewsWatch({ db, owner, say });
  const living = new LivingWatch({ db, owner, say });
  const sweep = new Sweep({ db, owner, eventsDays, isIdle: () => loop.isIdle });

  async function answer(ask: Ask): Promise<AnswerOf[Ask["kind"]]> {
    switch (ask.kind) {
      case "load":
        return readKnownHome(db, ask.home);
      case "taken":
        return readTaken(db, ask.home);
      case "release":
        await loop.settled();
        return tenancy.release(ask.homes).then(() => undefined);
      case "living":
        return livingOf(db, owner, { questions: ask.questions, wall: Date.now() });
      case "flush":
        return loop.settled().then(() => undefined);
    }
  }

  async function end(): Promise<void> {
    sweep.stop();
    news.stop();
    living.stop();
    tenancy.stop();
    await loop.end();
    await tenancy.leave().catch(() => undefined);
    await db.destroy().catch(() => undefined);
    letGo();
    say({ kind: "closed" });
    port.close();
  }

  function take(message: ToDisk): void {
    if (message.kind === "row") loop.take(message);
    else if (message.kind === "more") tenancy.more();
    else if (message.kind === "alive") tenancy.alive();
    else if (message.kind === "claim") void tenancy.claim();
    else if (message.kind === "close") void end();
    else {
      const { nth } = message;
      answer(message.ask).then(
        (value) => say({ kind: "answer", nth, value }),
        (thrown) => say({ kind: "no-answer", nth, why: faultOf(thrown).message }),
      );
    }
  }
  port.on("message", take);
}

try {
  const letGo = "sqliteFile" in place ? holdAlone(place.sqliteFile) : () => undefined;
  const db = await openCareDatabase(place, vitalTables);
  const { stamp, isLost } = await readStamp(db, dialect, systemTime(trustedAlways));
  if (isLost) say({ kind: "notice", text: timeLost });
  for (const text of await importHomes(db, imports, Date.now())) say({ kind: "notice", text });
  await settleCatalogue(db, offers, Date.now());
  say({ kind: "open", stamp });
  serve(db, letGo);
} catch (thrown) {
  say({ kind: "refused", why: faultOf(thrown).message });
  port.close();
}
