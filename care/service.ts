/**
 * The care service: homes, their rules and their wires, the disk, the desks and the office, and the
 * broker between them.
 */
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { resumeTime, runClock, systemTime, trustedAlways } from "../platform/clock.ts";
import { serverCertificate } from "../platform/tls.ts";
import { instant } from "../protocol/time.ts";
import { openBrokerLink } from "./broker-link.ts";
import type { CareConfiguration } from "./config.ts";
import { openDoor } from "./door.ts";
import { orderDueDrills } from "./drills.ts";
import { LivingPost } from "./living-post.ts";
import { openOffice } from "./office-bridge.ts";
import {
  type Common,
  giveHomes,
  hearArrivals,
  type Places,
  readAgain,
  takeHomes,
} from "./places.ts";
import type { Print } from "./print.ts";
import { openStore } from "./store/store.ts";
import { showAll } from "./turns.ts";

export interface CareService {
  readonly port: number;
  /** File with the certificate that homes and desks pin. */
  readonly certificateFile: string;
  close(): Promise<void>;
}

/** How often it is looked for test alarms that are due. */
const drillsEveryMs = 600_000;

/** The certificate without its key, beside the file that has both. */
async function publishCertificate(dataDir: string, pem: string): Promise<string> {
  const file = join(dataDir, "certificate.pem");
  const begin = pem.indexOf("-----BEGIN CERTIFICATE-----");
  await writeFile(file, pem.slice(begin), { mode: 0o644 });
  return file;
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
  const boot = randomBytes(6).toString("hex");
  const store = await openStore({
    place: configuration.database,
    owner: `${name}-${boot}`,
    imports: configuration.imports,
    offers: configuration.offers,
    eventsDays: configuration.retention.eventsDays,
    stamp: () => ({ ...source(), at: clock?.now() ?? instant(0) }),
    onHomes: (homes) => takeHomes(common, homes, resumed.gapMs),
    onArrivals: (arrivals) => hearArrivals(common, arrivals),
    onChanged: (homes) => {
      for (const home of homes) readAgain(common, home);
    },
    onLiving: (homes) => living.wake(homes),
    onSurplus: (homes) => void giveHomes(common, homes),
    onTrouble: (why) => {
      print({ kind: "warning", text: why ?? "the disk takes messages again" });
    },
    onRoom: () => {
      for (const { home } of common.places.values()) home.catchUp();
    },
    onNotice: (text) => print({ kind: "warning", text }),
    onLost,
  });
  const since = source();
  const resumed = resumeTime(store.stamp, since);
  clock = runClock(source, resumed.now, since);
  const places: Places = new Map();
  const living = new LivingPost({ clock, store, places });
  const common: Common = {
    configuration,
    ...{ print, boot, clock, store, places, living },
    broker: undefined,
    office: undefined,
    neighbours: undefined,
  };
  await store.claim();
  const broker =
    configuration.broker === null
      ? await openDoor(common, tls)
      : openBrokerLink(common, configuration.broker);
  common.broker = broker;
  await showAll(common.places);
  const office = await openOffice(common, tls);
  const drilling = setInterval(() => orderDueDrills(common), drillsEveryMs);
  const port = broker.ports[0] ?? 0;
  const homes = common.places.size;
  const pages = office === undefined ? {} : { office: office.port };
  const text = `ready on port ${port} for ${homes} ${homes === 1 ? "home" : "homes"}`;
  print({ kind: "ready", port, certificate: certificateFile, homes, ...pages, text });
  return {
    port,
    certificateFile,
    close: async () => {
      clearInterval(drilling);
      living.stop();
      await office?.close();
      for (const { home, link } of common.places.values()) {
        home.stop();
        link.stop();
      }
      await broker.close();
      await store.close();
    },
  };
}
