/** Composition root of the gateway: every part is built here, and nowhere else. */
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { systemTime, systemTrust, trustedAlways } from "../platform/clock.ts";
import { type Logger, openLog } from "../platform/log.ts";
import { adoptState, initialState } from "../rules/engine.ts";
import { homeMachines, homeStates } from "../rules/index.ts";
import { viewOf } from "../rules/view.ts";
import { createActuators } from "./actuators.ts";
import type { Configuration } from "./config.ts";
import { exitConfig, OperatorError, wordsOf } from "./errors.ts";
import { factOfDown, factOfRequest } from "./from-people.ts";
import { askStatus, serveStatus } from "./health.ts";
import { startHub } from "./hub/hub.ts";
import { openJournal } from "./journal/open.ts";
import { LateHub } from "./late-hub.ts";
import { watchLife } from "./lifecycle.ts";
import { type Loop, startLoop } from "./loop.ts";
import { createPerformer } from "./perform.ts";
import type {
  Clock,
  Hub,
  HubListener,
  Journal,
  OutboxMessage,
  Radio,
  Resumed,
  UplinkListener,
} from "./ports.ts";
import { toldStatus } from "./status.ts";
import { tellClock } from "./tell-clock.ts";
import { createUplink } from "./uplink/uplink.ts";

/** What the command line adds to the configuration. */
export interface RunOptions {
  /** Only at provisioning: an empty stick may form the home's network. */
  readonly formNetwork: boolean;
}

/** The version of this program and of its rules, as in package.json. */
export const version = "0.1.0";

/** Two gateways on one home would both be right, and both act: refused. */
async function refuseSecond(socketPath: string): Promise<void> {
  const running = await askStatus(socketPath).catch(() => undefined);
  if (running === undefined) return;
  throw new OperatorError(
    `a gateway of this home is running (process ${running.pid}); stop it first`,
    exitConfig,
  );
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
      beat: ({ holds }) => this.loop?.hear({ kind: "peer-heard", holds }),
      disconnected: () => this.loop?.hear({ kind: "peer-disconnected" }),
      settled: (id) => {
        this.unreceipted.delete(id);
        this.base.journal.settle(id);
      },
    };
    const uplinkLog = log.child({ part: "uplink" });
    return createUplink({
      settings: {
        url: written.care.url,
        ...(careCertificate === undefined ? {} : { ca: readFileSync(careCertificate, "utf8") }),
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

  private makeHub(): Hub {
    const { configuration, boot, log, clock } = this.base;
    const hubLog = log.child({ part: "hub" });
    const listener: HubListener = {
      request: (client, request) => {
        const answer = { of: request.id, taken: true, why: "" };
        this.loop?.hear(factOfRequest(client, request), () => this.hub.answer(client, answer));
      },
      wish: (client, device, level) => {
        void this.radio.wish(device, level).then(({ ok, detail }) => {
          if (!ok) hubLog.info(`wish of ${client} for ${device}: ${detail}`);
        });
      },
      intrusion: (summary) => hubLog.warn(summary),
    };
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
      performer: {
        ...performer,
        show: (shown, now) => {
          this.uplink.setHolds(holdsOf(homeStates(shown).escalation));
          performer.show(shown, now);
        },
      },
      state,
      boot,
      onRuleFault: (thrown, event) => {
        this.fail(`a rule failed on ${event.kind} (${event.id}): ${wordsOf(thrown)}`);
      },
      onJournalFault: (thrown) => log.error(`journal: ${wordsOf(thrown)}`),
    });
    this.loop = loop;
    loop.hear({ kind: "gateway-started", boot, gapMs: resumed.gapMs });
    for (const message of resumed.pending) this.send(message);
    this.uplink.start();
    this.radio.start();
    this.stopClock = tellClock(clock, configuration.written.timezone, loop.hear);
  }

  private send(message: OutboxMessage): void {
    this.unreceipted.add(message.id);
    this.uplink.send(message);
  }

  status() {
    const { configuration, boot, clock, resumed } = this.base;
    const { plan } = configuration;
    const state = this.loop?.state() ?? initialState(homeMachines, plan);
    return toldStatus({
      home: plan.home,
      version,
      boot,
      view: viewOf(plan, state, clock.now()),
      radio: this.radioState,
      unreceipted: this.unreceipted.size,
      ports: this.ports,
      reports: resumed.reports,
    });
  }

  /** Closes in the order in which the parts depend on each other: the journal last. */
  async stop(): Promise<void> {
    this.stopClock?.();
    const state = this.loop?.state();
    this.loop?.stop();
    await Promise.allSettled([this.radio.stop(), this.uplink.close("restart"), this.hub.close()]);
    if (state !== undefined) this.base.journal.snapshot(state);
    await this.base.journal.close();
  }
}

/** Alarms whose deadlines this home keeps, for the beat. */
function holdsOf(escalation: ReturnType<typeof homeStates>["escalation"]) {
  return escalation.open
    .filter((open) => open.holder === "self")
    .map((open) => ({ alarmId: open.alarm.id, epoch: open.epoch }));
}

/** Runs the gateway until it is told to end. Resolves with the exit code. */
export async function runGateway(
  configuration: Configuration,
  options: RunOptions,
): Promise<number> {
  const { plan, written, dataDir } = configuration;
  const log = openLog({ name: "gateway", level: written.log });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const socketPath = join(dataDir, "status.sock");
  await refuseSecond(socketPath);
  const { journal, resumed, clock } = await openJournal({
    dir: join(dataDir, "journal"),
    plan,
    machines: homeMachines,
    rules: version,
    time: systemTime(written.clock === "always" ? trustedAlways : systemTrust),
    report: (sentence) => log.warn(sentence),
  });
  for (const report of resumed.reports) log.warn(report);
  const boot = randomBytes(6).toString("hex");
  const life = watchLife({ log, stop: () => gateway.stop() });
  const gateway = new Gateway(
    { configuration, log, boot, clock, journal, resumed },
    options,
    life.fail,
  );
  gateway.run();
  const status = serveStatus(socketPath, () => gateway.status());
  log.info({ boot, home: plan.home }, "the home is guarded");
  const code = await life.ended;
  status.close();
  return code;
}
