/** Composition root of the gateway: every part is built here, and nowhere else. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { systemTime, systemTrust, trustedAlways } from "../platform/clock.ts";
import { type Logger, openLog, rateLimited } from "../platform/log.ts";
import { wordsOf } from "../platform/words.ts";
import { adoptState } from "../rules/adopt.ts";
import { initialState } from "../rules/engine.ts";
import { homeMachines } from "../rules/index.ts";
import { viewOf } from "../rules/view.ts";
import { createActuators } from "./actuators.ts";
import { makeFolder, refuseHeld, refuseSecond } from "./alone.ts";
import type { Configuration } from "./config.ts";
import { Context } from "./context.ts";
import { holdsOf, isUrgent } from "./durable.ts";
import { factOfBeat, factOfDown } from "./from-people.ts";
import { serveStatus } from "./health.ts";
import { startHub } from "./hub/hub.ts";
import { openJournal } from "./journal/open.ts";
import { LateHub } from "./late-hub.ts";
import { watchLife } from "./lifecycle.ts";
import { type Loop, startLoop } from "./loop.ts";
import { createPerformer } from "./perform.ts";
import type {
  Clock,
  Hub,
  Journal,
  OutboxMessage,
  Radio,
  Resumed,
  UplinkListener,
} from "./ports.ts";
import { takeRequests } from "./requests.ts";
import { hearRuleFaults } from "./rule-faults.ts";
import { toldStatus } from "./status.ts";
import { tellClock } from "./tell-clock.ts";
import { createUplink } from "./uplink/uplink.ts";
import { version } from "./version.ts";

/** What the command line adds to the configuration. */
export interface RunOptions {
  /** Only at provisioning: an empty stick may form the home's network. */
  readonly formNetwork: boolean;
}

interface Base {
  readonly configuration: Configuration;
  readonly log: Logger;
  readonly boot: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly resumed: Resumed;
}

/** The running gateway: its parts, and the loop that joins them. */
class Gateway {
  private readonly base: Base;
  private readonly hub: Hub;
  private readonly radio: Radio;
  private readonly uplink: ReturnType<typeof createUplink>;
  private readonly context: Context;
  private readonly unreceipted = new Set<string>();
  private readonly fail: (why: string) => void;
  private loop: Loop | undefined;
  private ports: Readonly<Record<string, number>> = {};
  private radioState = "not ready";
  private stopClock: (() => void) | undefined;

  constructor(base: Base, options: RunOptions, fail: (why: string) => void) {
    this.base = base;
    this.fail = fail;
    this.radio = this.makeRadio(options);
    this.uplink = this.makeUplink();
    this.context = this.makeContext();
    this.hub = this.makeHub();
  }

  private makeRadio({ formNetwork }: RunOptions): Radio {
    const { configuration, clock, log } = this.base;
    return createActuators({
      configuration,
      formNetwork,
      clock,
      hear: (fact) => {
        if (fact.kind === "radio-ready") this.radioState = "ready";
        if (fact.kind === "radio-lost") this.radioState = `lost: ${fact.cause}`;
        this.loop?.hear(fact);
      },
      log: log.child({ part: "radio" }),
    });
  }

  private makeUplink(): ReturnType<typeof createUplink> {
    const { configuration, boot, clock, log } = this.base;
    const { written, secrets, plan, careCertificate } = configuration;
    const listener: UplinkListener = {
      message: (message, taken) => {
        const fact = factOfDown(message.body);
        if (fact === undefined) taken();
        else this.loop?.hear(fact, taken);
      },
      beat: (beat) => this.loop?.hear(factOfBeat(beat)),
      disconnected: () => this.loop?.hear({ kind: "peer-disconnected" }),
      settled: (id) => {
        if (this.context.settled(id)) return;
        this.unreceipted.delete(id);
        this.base.journal.settle(id);
      },
    };
    const uplinkLog = log.child({ part: "uplink" });
    return createUplink({
      settings: {
        url: written.care.url,
        ...(careCertificate === undefined ? {} : { ca: careCertificate }),
        home: written.home,
        password: secrets.care_password,
        boot,
        beatEvery: plan.link.beatEvery,
      },
      clock,
      listener,
      say: (level, words) => uplinkLog[level](words),
    });
  }

  private makeContext(): Context {
    const { configuration, boot, clock, log } = this.base;
    const say = rateLimited((words) => log.warn(words), 5, 60_000);
    const send = (message: OutboxMessage): void => this.uplink.send(message);
    return new Context({ plan: configuration.plan, clock, boot, send, say });
  }

  private makeHub(): Hub {
    const { configuration, boot, log, clock } = this.base;
    const hubLog = log.child({ part: "hub" });
    const listener = takeRequests({
      wish: (device, level) => this.radio.wish(device, level),
      hear: (fact, durable) => this.loop?.hear(fact, durable),
      state: () => this.loop?.state(),
      answer: (client, answer) => this.hub.answer(client, answer),
      log: hubLog,
    });
    return new LateHub({
      open: async () => {
        const opened = await startHub({ configuration, boot, clock, listener, log: hubLog });
        this.ports = { ...opened.ports };
        return opened.hub;
      },
      say: (words) => hubLog.error(words),
    });
  }

  /** Joins the parts: from here on the home is guarded. */
  run(): void {
    const { configuration, clock, journal, resumed, boot, log } = this.base;
    const { plan } = configuration;
    const oftenSaid = rateLimited((words) => log.error(words), 20, 60_000);
    const performer = createPerformer({
      plan,
      clock,
      radio: this.radio,
      send: (message) => this.send(message),
      hub: this.hub,
      hear: (fact) => this.loop?.hear(fact),
      onFault: (thrown, effect) => log.error(`${effect.kind} threw: ${wordsOf(thrown)}`),
    });
    const state =
      resumed.state === undefined
        ? initialState(homeMachines, plan)
        : adoptState(homeMachines, plan, resumed.state);
    const loop = startLoop({
      machines: homeMachines,
      plan,
      clock,
      journal,
      performer: this.context.beside({
        ...performer,
        show: (shown, durable, now) => {
          this.uplink.setHolds(holdsOf(shown, durable));
          this.uplink.setUrgent(isUrgent(shown));
          performer.show(shown, durable, now);
        },
      }),
      state,
      boot,
      onRuleFault: hearRuleFaults({
        say: oftenSaid,
        fail: this.fail,
        uptime: () => process.uptime() * 1_000,
      }),
      onFault: (thrown) => oftenSaid(`a fault of the program: ${wordsOf(thrown)}`),
      onJournalFault: (thrown) => oftenSaid(wordsOf(thrown)),
    });
    this.loop = loop;
    const { gapMs, blind } = resumed;
    loop.hear({ kind: "gateway-started", boot, gapMs, ...(blind ? { blind } : {}) });
    for (const alarm of resumed.adrift) loop.hear({ kind: "alarm-raised", alarm });
    for (const message of resumed.pending) this.send(message);
    this.uplink.start();
    this.radio.start();
    const place = {
      timeZone: configuration.written.timezone,
      region: plan.agreement.region ?? "DE",
    } as const;
    this.stopClock = tellClock(clock, place, loop.hear);
  }

  private send(message: OutboxMessage): void {
    this.unreceipted.add(message.id);
    this.uplink.send(message);
  }

  status() {
    const { configuration, boot, clock, journal, resumed } = this.base;
    const { plan } = configuration;
    const trouble = journal.trouble();
    const state = this.loop?.state() ?? initialState(homeMachines, plan);
    return toldStatus({
      home: plan.home,
      version,
      boot,
      view: viewOf(plan, state, clock.now()),
      radio: this.radioState,
      unreceipted: this.unreceipted.size,
      ports: this.ports,
      reports: trouble === undefined ? resumed.reports : [...resumed.reports, trouble],
    });
  }

  /** The disk has taken nothing for long, or takes entries again. */
  heardOfStorage(cause: string | undefined): void {
    this.loop?.hear(
      cause === undefined ? { kind: "storage-ready" } : { kind: "storage-lost", cause },
    );
  }

  /** Closes in the order in which the parts depend on each other: the journal last. */
  async stop(): Promise<void> {
    this.stopClock?.();
    const state = this.loop?.state();
    this.loop?.stop();
    await Promise.allSettled([this.radio.stop(), this.uplink.close("restart"), this.hub.close()]);
    if (state !== undefined) this.base.journal.snapshot(state).catch(() => undefined);
    await this.base.journal.close();
  }
}

/** Runs the gateway until it is told to end. Resolves with the exit code. */
export async function runGateway(
  configuration: Configuration,
  options: RunOptions,
): Promise<number> {
  const { plan, written, dataDir } = configuration;
  const log = openLog({ name: "gateway", level: written.log });
  makeFolder(dataDir, (words) => log.error(words));
  const socketPath = join(dataDir, "status.sock");
  await refuseSecond(socketPath);
  let gateway: Gateway | undefined;
  const life = watchLife({ log, stop: async () => gateway?.stop() });
  const opening = openJournal({
    dir: join(dataDir, "journal"),
    plan,
    machines: homeMachines,
    rules: version,
    time: systemTime(written.clock === "always" ? trustedAlways : systemTrust),
    report: (sentence) => log.warn(sentence),
    storage: (cause) => gateway?.heardOfStorage(cause),
    fail: life.fail,
  });
  // Told to end while the disk does not answer: nothing is guarded yet, so nothing need be closed.
  const opened = await Promise.race([opening.catch(refuseHeld), life.ended]);
  if (typeof opened === "number") return opened;
  const { journal, resumed, clock } = opened;
  try {
    for (const report of resumed.reports) log.warn(report);
    const boot = randomBytes(6).toString("hex");
    const base = { configuration, log, boot, clock, journal, resumed };
    const running = new Gateway(base, options, life.fail);
    gateway = running;
    running.run();
    const say = (words: string): void => log.error(words);
    const status = serveStatus(socketPath, () => running.status(), say);
    log.info({ boot, home: plan.home }, "the home is guarded");
    const code = await life.ended;
    status.close();
    return code;
  } catch (thrown) {
    await journal.close();
    throw thrown;
  }
}
