/**
 * The gateway's side of the hub. Every call returns at once and only fills the mailbox; the broker
 * lives in a worker that is started again when it dies or hangs, and is then shown the latest
 * state.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Intrusions } from "../../platform/intrusions.ts";
import { type Logger, rateLimited } from "../../platform/log.ts";
import { type CertificateUse, machineAddresses, serverCertificate } from "../../platform/tls.ts";
import type { Configuration } from "../config.ts";
import type { Clock, Hub, HubListener } from "../ports.ts";
import { Listening } from "./listening.ts";
import type { HubPorts, WorkerSettings } from "./mail.ts";
import { Mailbox } from "./mailbox.ts";
import { beatEveryMs, Shown } from "./shown.ts";
import { WorkerLife } from "./worker-life.ts";

export interface HubOptions {
  readonly home: string;
  /** Who lives here, and the number to call when nothing else works. */
  readonly resident: string;
  readonly phone: string;
  readonly timezone: string;
  /** Names this start of the gateway. */
  readonly boot: string;
  readonly settings: WorkerSettings;
  readonly clock: Clock;
  readonly listener: HubListener;
  /** A sentence for the log. */
  readonly say: (words: string) => void;
  /** Another worker, in tests of its death. */
  readonly entry?: URL;
}

export interface OpenHub {
  readonly hub: Hub;
  readonly ports: HubPorts;
}

/** What the gateway's composition root has at hand. */
export interface HubParts
  extends Omit<
    HubOptions,
    "home" | "resident" | "phone" | "timezone" | "settings" | "say" | "entry"
  > {
  readonly configuration: Configuration;
  readonly log: Pick<Logger, "warn">;
}

/** Built pages stand beside the built program, whichever form of it runs. */
const pagesDir = fileURLToPath(
  new URL(
    import.meta.url.endsWith(".ts") ? "../../dist/web/tablet" : "../../web/tablet",
    import.meta.url,
  ),
);

/** Where the hub keeps its certificate and what was paired. */
export const hubFolder = (dataDir: string): string => join(dataDir, "hub");

/** Browsers on the home's network reach it by an address; tablets are told to trust it. */
export const certificateUse = (): CertificateUse => ({
  addresses: machineAddresses(),
  authority: true,
});

/** Opens the hub of a configured home, always with TLS. Rejects with a sentence when it cannot. */
export async function startHub(parts: HubParts): Promise<OpenHub> {
  const { configuration, boot, clock, listener, log } = parts;
  const { written, secrets, dataDir } = configuration;
  const folder = hubFolder(dataDir);
  const { cert, key } = await serverCertificate(folder, written.home, certificateUse());
  return openHub({
    home: written.home,
    ...written.tablet,
    timezone: written.timezone,
    boot,
    clock,
    listener,
    say: (words) => log.warn(words),
    settings: {
      host: written.hub.host,
      ports: { mqtt: written.hub.mqtt_port, websocket: written.hub.websocket_port },
      tls: { cert, key },
      folder,
      pagesDir,
      clients: written.hub.clients.map((client) => ({
        ...client,
        sha256: secrets.hub_clients[client.name] ?? "",
      })),
    },
  });
}

/** Lines of one minute; the rest is counted. */
const linesPerMinute = 10;

/**
 * What is kept for late readers proves nothing: a tablet that begins to listen hears the home live
 * this soon, when its subscription stands.
 */
const welcomeMs = 50;

/**
 * Opens the hub. Rejects with a sentence when a port cannot be opened; later faults mend
 * themselves.
 */
export async function openHub(options: HubOptions): Promise<OpenHub> {
  const say = rateLimited(options.say, linesPerMinute, 60_000);
  const mailbox = new Mailbox();
  const shown = new Shown(options);
  const intrusions = new Intrusions((summary, tried) => options.listener.intrusion(summary, tried));
  const answer: Hub["answer"] = (client, words) => {
    listening.answered(client, words);
    mailbox.put("promise", shown.answer(client, words));
    life.pump();
  };
  const { listener, settings } = options;
  const listening = new Listening({ listener, clients: settings.clients, answer, intrusions });
  const life: WorkerLife = new WorkerLife(options, {
    mailbox,
    say,
    hear(message) {
      try {
        if (message.kind === "joined") beatSoon();
        else listening.hear(message);
      } catch (error) {
        say(`hub: what a client said was not handled: ${String(error)}`);
      }
    },
    opened: () => {
      for (const mail of shown.all()) mailbox.put("state", mail);
    },
  });
  const beat = (): void => {
    intrusions.review(performance.now());
    mailbox.put("state", shown.beat());
    life.pump();
  };
  let soon: NodeJS.Timeout | undefined;
  const beatSoon = (): void => {
    soon ??= setTimeout(() => {
      soon = undefined;
      beat();
    }, welcomeMs);
  };
  const ports = await life.firstOpen();
  const beats = setInterval(beat, beatEveryMs);
  beat();
  const hub: Hub = {
    showState(view) {
      for (const mail of shown.changes(view)) mailbox.put("state", mail);
      life.pump();
    },
    announce(announcement) {
      mailbox.put("promise", shown.announcement(announcement));
      life.pump();
    },
    showEvent(event, wall) {
      mailbox.put("event", shown.event(event, wall));
      life.pump();
    },
    answer,
    async close() {
      clearInterval(beats);
      clearTimeout(soon);
      await life.close();
    },
  };
  return { hub, ports };
}
