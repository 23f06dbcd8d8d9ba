/** The office put together: database, accounts, pages, live updates, and the ways to people. */
import { hostname } from "node:os";
import type { Kysely } from "kysely";
import { rateLimited } from "../../platform/log.ts";
import { Notifier } from "../notify/notifier.ts";
import { pushWay, vapidKeys } from "../notify/push.ts";
import { screenWay } from "../notify/screens.ts";
import { mailWay } from "../notify/smtp.ts";
import type { Ways } from "../notify/way.ts";
import { webhookWay } from "../notify/webhook.ts";
import { openCareDatabase } from "../store/open.ts";
import type { CareDatabase } from "../store/schema.ts";
import { AccessLog } from "./access-log.ts";
import { accountRoutes } from "./account-routes.ts";
import { agreementRoutes } from "./agreement-routes.ts";
import { alarmRoutes } from "./alarm-routes.ts";
import { Board } from "./board.ts";
import { CorePort } from "./core-port.ts";
import { Directory, sees } from "./directory.ts";
import { faultRoutes } from "./fault-routes.ts";
import { helperRoutes } from "./helper-routes.ts";
import { historyRoutes } from "./history-routes.ts";
import { homeRoutes } from "./home-routes.ts";
import { summaries } from "./homes.ts";
import { Live } from "./live.ts";
import { liveRoutes } from "./live-routes.ts";
import { livingRoutes } from "./living-routes.ts";
import { loginRoutes } from "./login-routes.ts";
import type { OfficeSettings, ToCore, ToOffice } from "./mail.ts";
import { OpenAlarms } from "./open-alarms.ts";
import { pageRoutes } from "./page-routes.ts";
import type { OfficeParts } from "./parts.ts";
import { may } from "./permissions.ts";
import { privacyRoutes } from "./privacy-routes.ts";
import { receiptRoutes } from "./receipt-routes.ts";
import { runRetention } from "./retention.ts";
import type { Handlers } from "./route.ts";
import { makeServer, type OfficeServer } from "./server.ts";
import { Sessions } from "./sessions.ts";
import { secretOf } from "./tokens.ts";

/** What the office may put into the service's output; further sentences are counted. */
const warningsPerMinute = 20;

export interface Office {
  readonly port: number;
  hear(message: ToOffice): void;
  close(): Promise<void>;
}

function liveOf(
  parts: Pick<OfficeParts, "db" | "board" | "wall" | "sessions" | "accessLog"> & {
    readonly openAlarms: OpenAlarms;
  },
): Live {
  const { openAlarms, sessions, accessLog, wall } = parts;
  return new Live({
    alarms: async ({ who }) => (may(who.role, "alarms-see") ? await openAlarms.of(who) : []),
    homes: async ({ who }, homes) =>
      may(who.role, "homes-see") ? await summaries(parts, who, homes) : [],
    again: ({ digest }) => sessions.again(digest),
    shown: ({ who }, { home }) => accessLog.glance(who, [home], "had an open alarm on the screen"),
    wall,
  });
}

/** The ways that are configured; a telling by another one fails, and the chain goes on. */
async function waysOf(
  { notify }: OfficeSettings,
  db: Kysely<CareDatabase>,
  watchers: (home: string) => Promise<number>,
): Promise<{ readonly ways: Ways; readonly pushKey: string }> {
  const { mail, sms, voice, push } = notify;
  const keys = push === null ? undefined : await vapidKeys(db);
  const ways: Ways = {
    desk: screenWay(watchers),
    ...(mail === null ? {} : { mail: mailWay(mail) }),
    ...(sms === null ? {} : { sms: webhookWay(sms) }),
    ...(voice === null ? {} : { voice: webhookWay(voice) }),
    ...(push === null || keys === undefined ? {} : { push: pushWay({ db, keys, ...push }) }),
  };
  return { ways, pushKey: keys?.publicKey ?? "" };
}

/** How many desks show the alarms of a home. */
function watchersOf(live: Live, directory: Directory) {
  return async (home: string): Promise<number> => {
    const known = await directory.get(home);
    return live.watchers(
      ({ who }) =>
        who.role !== "helper" &&
        may(who.role, "alarms-see") &&
        sees(who, home, known?.home_group ?? null),
    );
  };
}

function handlersOf(parts: OfficeParts, live: Live): Handlers {
  return {
    ...loginRoutes(parts),
    ...accountRoutes(parts),
    ...alarmRoutes(parts),
    ...homeRoutes(parts),
    ...agreementRoutes(parts),
    ...privacyRoutes(parts),
    ...livingRoutes(parts),
    ...faultRoutes(parts),
    ...historyRoutes(parts),
    ...helperRoutes(parts),
    ...receiptRoutes(parts),
    ...liveRoutes(live),
    ...pageRoutes(parts),
  };
}

/** What the core says, to whom it concerns. */
function hearing(parts: OfficeParts, owned: Set<string>): Office["hear"] {
  const { board, core, notifier } = parts;
  return (message) => {
    switch (message.kind) {
      case "hello":
        owned.clear();
        for (const { home } of message.homes) owned.add(home);
        board.keep(owned);
        notifier.own();
        return;
      case "state":
        board.put(message.view);
        return;
      case "event":
        board.touch(message.event.home);
        return;
      case "tellings":
        notifier.look();
        return;
      case "answer":
        core.answered(message.nth, message.answer);
        return;
    }
  };
}

async function listen(server: OfficeServer, { host, port }: OfficeSettings): Promise<number> {
  await server.listen({ host, port });
  const address = server.server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

/** All parts, of which none runs yet. */
interface Plan {
  readonly parts: OfficeParts;
  readonly live: Live;
  /** Homes of this process. */
  readonly owned: Set<string>;
  /** Where the office listens, once it does. */
  port: number;
}

async function layOut(
  settings: OfficeSettings,
  db: Kysely<CareDatabase>,
  tell: (message: ToCore) => void,
): Promise<Plan> {
  const wall = (): number => Date.now();
  const warn = rateLimited((text) => tell({ kind: "warning", text }), warningsPerMinute, 60_000);
  const [board, core] = [new Board(), new CorePort(tell)];
  const directory = new Directory(db, wall);
  const sessions = new Sessions(db, wall);
  const accessLog = new AccessLog(db, wall, warn);
  const openAlarms = new OpenAlarms({ db, board, directory });
  const live = liveOf({ db, board, wall, sessions, accessLog, openAlarms });
  const { ways, pushKey } = await waysOf(settings, db, watchersOf(live, directory));
  const notifier = new Notifier({
    db,
    ways,
    wall,
    warn,
    secret: await secretOf(db, "telling-secret"),
    language: settings.notify.language,
    publicUrl: () => settings.publicUrl ?? ownUrl(settings, plan.port),
    owns: (home) => plan.owned.has(home),
    progress: (progress) => tell({ kind: "telling-stage", progress }),
  });
  const common = { settings, db, wall, warn, board, core, directory, sessions, accessLog };
  const cookieSecret = await secretOf(db, "cookie-secret");
  const parts: OfficeParts = { ...common, openAlarms, notifier, cookieSecret, pushKey };
  const plan: Plan = { parts, live, owned: new Set(), port: settings.port };
  return plan;
}

/** Starts what goes on by itself; returns what ends it. */
function run({ parts, live }: Plan): () => Promise<void> {
  const { db, wall, warn, openAlarms, board, notifier, settings, directory } = parts;
  directory.load().catch((thrown: unknown) => warn(`the homes cannot be read: ${thrown}`));
  openAlarms.listen((home) => live.changed(home));
  board.listen((home) => live.changed(home));
  openAlarms.start();
  live.start();
  notifier.start();
  const stopRetention = runRetention({ db, keep: settings.retention, wall, warn });
  return async () => {
    stopRetention();
    openAlarms.stop();
    live.close();
    await notifier.stop();
  };
}

/** Opens everything. Rejects with a sentence when database or port cannot be used. */
export async function openOffice(
  settings: OfficeSettings,
  tell: (message: ToCore) => void,
): Promise<Office> {
  const db = await openCareDatabase(settings.database);
  try {
    const plan = await layOut(settings, db, tell);
    const server = await makeServer(plan.parts, handlersOf(plan.parts, plan.live));
    plan.port = await listen(server, settings);
    const stop = run(plan);
    const close = async (): Promise<void> => {
      plan.live.close();
      await server.close();
      await stop();
      await db.destroy();
    };
    return { port: plan.port, hear: hearing(plan.parts, plan.owned), close };
  } catch (thrown) {
    await db.destroy();
    throw thrown;
  }
}

const ownUrl = ({ tls, host }: OfficeSettings, port: number): string =>
  `${tls === null ? "http" : "https"}://${host === "0.0.0.0" ? hostname() : host}:${port}`;
