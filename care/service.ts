/**
 * The care service: homes, their rules and their wires, the disk, the desks, and the broker between
 * them.
 */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Broker, startBroker } from "../platform/broker.ts";
import { careLimits } from "../platform/broker-limits.ts";
import { resumeTime, runClock, systemTime, trustedAlways } from "../platform/clock.ts";
import { rateLimited } from "../platform/log.ts";
import { serverCertificate } from "../platform/tls.ts";
import { instant } from "../protocol/time.ts";
import { careTopics, deskTopics } from "../protocol/topics.ts";
import { careStates } from "../rules/index.ts";
import { type CareClient, doorOf, mayPublish, maySubscribe } from "./access.ts";
import type { Line } from "./account.ts";
import type { CareConfiguration } from "./config.ts";
import { DeskRequests } from "./desk-requests.ts";
import { deskView } from "./desk-view.ts";
import { type CareClock, CareHome } from "./home.ts";
import { HomeLink } from "./home-link.ts";
import { readState } from "./kept-state.ts";
import { type KnownHome, knownHomeOf } from "./known-home.ts";
import { localTimeIn } from "./local-time.ts";
import type { Print } from "./print.ts";
import type { KeptHome } from "./store/rows.ts";
import { type CareStore, openStore } from "./store/store.ts";

export interface CareService {
  readonly port: number;
  /** File with the certificate that homes and desks pin. */
  readonly certificateFile: string;
  close(): Promise<void>;
}

/** What one home can put into our output; further sentences are counted. */
const warningsPerMinute = 10;

/** How often the rules are told the hour anew: summer time is heard of within this. */
const timeEveryMs = 600_000;

interface Place {
  readonly known: KnownHome;
  readonly home: CareHome;
  readonly link: HomeLink;
}

/** The certificate without its key, beside the file that has both. */
async function publishCertificate(dataDir: string, pem: string): Promise<string> {
  const file = join(dataDir, "certificate.pem");
  const begin = pem.indexOf("-----BEGIN CERTIFICATE-----");
  await writeFile(file, pem.slice(begin), { mode: 0o644 });
  return file;
}

/** The parts that all homes share, once disk and clock are there. */
interface Common {
  readonly configuration: CareConfiguration;
  readonly print: Print;
  readonly boot: string;
  readonly clock: CareClock;
  readonly store: CareStore;
  /** Undefined until the broker listens: whoever is not connected misses nothing. */
  broker: Broker | undefined;
}

function openHome(common: Common, known: KnownHome, kept: KeptHome): Place {
  const { clock, store, boot, print } = common;
  const { home } = known.plan;
  const warn = rateLimited(
    (text) => print({ kind: "warning", text: `${home}: ${text}` }),
    warningsPerMinute,
    60_000,
  );
  const link = new HomeLink({
    home,
    kept,
    clock,
    boot,
    store,
    warn,
    publish: (topic, payload, qos) =>
      common.broker?.publish(topic, payload, { retain: false, qos }),
  });
  const say = (line: Line): void => {
    const event = { ...line, home, wall_ms: clock.wall().wall_ms };
    print(event);
    const text = JSON.stringify(event);
    common.broker?.publish(deskTopics.event(home), text, { retain: false, qos: 0 });
  };
  const care = new CareHome({
    known,
    kept,
    clock,
    boot,
    store,
    link,
    say,
    local: () => localTimeIn(known.timezone, clock.wall().wall_ms),
    show: (state) => {
      const view = deskView(known.plan, state, { now: clock.now(), wall: clock.wall() });
      const text = JSON.stringify(view);
      common.broker?.publish(deskTopics.state(home), text, { retain: true, qos: 1 });
    },
    onRuleFault: (thrown, event) => warn(`a rule failed at ${event.kind} ${event.id}: ${thrown}`),
  });
  return { known, home: care, link };
}

function openBroker(
  common: Common,
  places: ReadonlyMap<string, Place>,
  tls: { readonly cert: string; readonly key: string },
): Promise<Broker> {
  const { configuration, print } = common;
  const { host, port } = configuration;
  const door = doorOf(configuration.desks, (home) => places.get(home)?.known.passwordSha256);
  const requests = new DeskRequests((asked, answer) => {
    const place = places.get(asked.home);
    if (place === undefined) answer({ taken: false, why: `there is no home ${asked.home}` });
    else place.home.request(asked, answer);
  });
  const note = (kind: "connected" | "gone", name: string): void => {
    const text = kind === "connected" ? "the gateway is connected" : "the gateway is gone";
    print({ kind, home: name, text });
  };
  return startBroker<CareClient>({
    listeners: [{ kind: "tcp", host, port, tls }],
    limits: careLimits,
    authenticate: ({ user, password }) => door(user, password),
    mayPublish,
    maySubscribe: (who, filter) => {
      const may = maySubscribe(who, filter);
      if (may && filter === careTopics(who.name).down) places.get(who.name)?.link.subscribed();
      return may;
    },
    onIntrusion: (text) => print({ kind: "warning", text }),
    onConnected: ({ kind, name }) => {
      if (kind === "home") note("connected", name);
    },
    onGone: ({ kind, name }) => {
      if (kind !== "home") return;
      note("gone", name);
      places.get(name)?.link.gone();
    },
    onPublish: ({ kind, name }, topic, payload) => {
      const place = places.get(name);
      if (kind === "desk" && common.broker !== undefined) {
        requests.take(common.broker, name, payload);
      } else if (place !== undefined) {
        place.link.receive(topic, payload, {
          message: (message, durable) => place.home.receive(message, durable),
          beat: (beat) => place.home.heardBeat(beat),
          holds: () => [...place.home.holds()],
        });
      }
    },
  });
}

/** A home that nobody knows any more, while somebody there waits for help. */
function warnOfOrphan({ print }: Common, kept: KeptHome): void {
  const state = readState(kept);
  const open = state === undefined ? 0 : careStates(state).escalation.open.length;
  if (open === 0) return;
  const text = `${kept.home} is not in the configuration, but ${open} of its alarms are open`;
  print({ kind: "warning", text: `${text}; add it again` });
}

/** Homes that are this process's from now on go on where the last run ended. */
function takeHomes(
  common: Common,
  places: Map<string, Place>,
  { homes, gapMs }: { readonly homes: readonly KeptHome[]; readonly gapMs: number | null },
): void {
  for (const kept of homes) {
    try {
      if (kept.known === undefined) warnOfOrphan(common, kept);
      else {
        const place = openHome(common, knownHomeOf(kept.known), kept);
        places.set(kept.home, place);
        place.home.start(gapMs);
        place.home.show();
      }
    } catch (thrown) {
      const text = `${kept.home} cannot be looked after: ${thrown}`;
      common.print({ kind: "warning", text });
    }
  }
}

async function giveHomes(
  { store }: Common,
  places: Map<string, Place>,
  homes: readonly string[],
): Promise<void> {
  for (const home of homes) {
    places.get(home)?.home.stop();
    places.get(home)?.link.stop();
    places.delete(home);
  }
  await store.release(homes);
}

/** Starts everything. Rejects with a sentence when disk, certificate or port cannot be used. */
export async function startCare(
  configuration: CareConfiguration,
  print: Print,
  onLost: (why: string, what: "disk" | "lease") => void,
): Promise<CareService> {
  const { dataDir, name } = configuration;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const tls = await serverCertificate(dataDir, name);
  const certificateFile = await publishCertificate(dataDir, tls.cert);
  // A server keeps its clock with a battery and a time service; a Raspberry Pi in a home does not.
  const source = systemTime(trustedAlways);
  let clock: ReturnType<typeof runClock> | undefined;
  const places = new Map<string, Place>();
  const boot = randomBytes(6).toString("hex");
  const store = await openStore({
    place: configuration.database,
    owner: `${name}-${boot}`,
    imports: configuration.imports,
    eventsDays: configuration.retention.eventsDays,
    stamp: () => ({ ...source(), at: clock?.now() ?? instant(0) }),
    onHomes: (homes) => takeHomes(common, places, { homes, gapMs: resumed.gapMs }),
    onSurplus: (homes) => void giveHomes(common, places, homes),
    onTrouble: (why) => {
      print({ kind: "warning", text: why ?? "the disk takes messages again" });
    },
    onRoom: () => {
      for (const { home } of places.values()) home.catchUp();
    },
    onNotice: (text) => print({ kind: "warning", text }),
    onLost,
  });
  const since = source();
  const resumed = resumeTime(store.stamp, since);
  clock = runClock(source, resumed.now, since);
  const common: Common = { configuration, print, boot, clock, store, broker: undefined };
  await store.claim();
  common.broker = await openBroker(common, places, tls);
  for (const { home } of places.values()) home.show();
  const hourly = setInterval(() => {
    for (const { home } of places.values()) home.tellTime();
  }, timeEveryMs);
  const port = common.broker.ports[0] ?? 0;
  const homes = places.size;
  const text = `ready on port ${port} for ${homes} ${homes === 1 ? "home" : "homes"}`;
  print({ kind: "ready", port, certificate: certificateFile, homes, text });
  return {
    port,
    certificateFile,
    close: async () => {
      clearInterval(hourly);
      for (const { home, link } of places.values()) {
        home.stop();
        link.stop();
      }
      await common.broker?.close();
      await store.close();
    },
  };
}
