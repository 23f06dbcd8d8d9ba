/** A Z-Stack 3.x coordinator: what it keeps, what it is in, and how it answers its host. */
import { ByteReader, ByteWriter, euiFromBytes, euiToBytes, ShortFrame } from "../bytes.ts";
import type { Clock } from "../clock.ts";
import type { ApsMessage, Node, Radio } from "../radio.ts";
import { afCommands } from "./af.ts";
import { appCnfCommands } from "./app-cnf.ts";
import { type Frame, kinds, subsystems } from "./frame.ts";
import { clearTables, countFrame, forgetDevice, keepDevice, startCounters } from "./keys.ts";
import { keepNetwork, type Network, networkFromItems, networkFromNv } from "./network.ts";
import { items, NvStore } from "./nv.ts";
import { sysCommands } from "./sys.ts";
import { utilCommands } from "./util.ts";
import { zdoCommands } from "./zdo.ts";

/** What a command leads to: the reply first, then what it causes. Indications have no reply. */
export interface Outcome {
  readonly reply?: Buffer;
  readonly effect?: () => void;
}
export type Command = (stick: Stick, request: ByteReader) => Outcome;
export type CommandTable = ReadonlyMap<number, Command>;

const commands: ReadonlyMap<number, CommandTable> = new Map([
  [subsystems.sys, sysCommands],
  [subsystems.af, afCommands],
  [subsystems.zdo, zdoCommands],
  [subsystems.util, utilCommands],
  [subsystems.appCnf, appCnfCommands],
]);

export const deviceStates = { hold: 0, coordinator: 9 } as const;
const unknownCommand = 2;
const powerOn = 0;

/** What a stick has from its maker and keeps over a wipe. Link keys derive from the seed. */
export interface Birth {
  readonly eui: string;
  /** Sixteen bytes. */
  readonly seed: Buffer;
}

/** A fixed seed for the first stick: a home must be the same on every run. */
const firstSeed = Buffer.from("0123456789abcdef0123456789abcdef", "hex");

/** The last bytes of a reset or version message: product Z-Stack 3.x.0, release 2.7. */
const identity = { transport: 2, product: 1, major: 2, minor: 7, maintenance: 1 } as const;

export interface StickOptions {
  readonly eui: string;
  readonly clock: Clock;
  readonly radio: Radio;
  /** Places in the address and key tables. */
  readonly capacity: number;
  readonly send: (frame: Frame) => void;
  /** Whether this reply is lost on the serial line; its effects happen all the same. */
  readonly losesReply: () => boolean;
  readonly replyDelay_ms: () => number;
  /** Something that lasts has changed. */
  readonly changed: () => void;
}

export class Stick {
  readonly nv: NvStore;
  readonly identity = identity;
  readonly endpoints = new Map<number, Buffer>();
  readonly groups = new Set<string>();
  readonly #options: StickOptions;
  #birth: Birth;
  #network: Network | undefined;
  #permitUntil = 0;
  #sequence = 0;

  constructor(options: StickOptions) {
    this.#options = options;
    this.#birth = { eui: options.eui, seed: firstSeed };
    this.nv = new NvStore(options.changed);
    this.factory();
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get radio(): Radio {
    return this.#options.radio;
  }

  get eui(): string {
    return euiFromBytes(this.nv.read(items.extAddr) ?? euiToBytes(this.#birth.eui));
  }

  /** The network it is in; nothing while it is not started. */
  get network(): Network | undefined {
    return this.#network;
  }

  get state(): number {
    return this.#network === undefined ? deviceStates.hold : deviceStates.coordinator;
  }

  get permitsJoin(): boolean {
    return this.#network !== undefined && this.clock.now() < this.#permitUntil;
  }

  /** The frame counter of the next frame it sends; kept, and part of every backup. */
  countFrame(): number {
    return countFrame(this.nv);
  }

  permitJoin(seconds: number): void {
    this.#permitUntil = seconds === 255 ? Infinity : this.clock.now() + seconds * 1000;
  }

  /** One command of the host. */
  handle(frame: Frame): void {
    const command = commands.get(frame.subsystem)?.get(frame.command);
    if (command === undefined) {
      const data = Buffer.from([
        unknownCommand,
        (frame.kind << 5) | frame.subsystem,
        frame.command,
      ]);
      this.#options.send({ kind: kinds.reply, subsystem: subsystems.rpc, command: 0, data });
      return;
    }
    const outcome = this.#run(command, frame);
    const delay = this.#options.replyDelay_ms();
    if (delay > 0) this.clock.after(delay, () => this.#answer(frame, outcome));
    else this.#answer(frame, outcome);
  }

  #run(command: Command, frame: Frame): Outcome {
    try {
      return command(this, new ByteReader(frame.data));
    } catch (error) {
      if (error instanceof ShortFrame) return { reply: Buffer.from([2]) };
      throw error;
    }
  }

  #answer(frame: Frame, outcome: Outcome): void {
    if (outcome.reply !== undefined && !this.#options.losesReply()) {
      const { subsystem, command } = frame;
      this.#options.send({ kind: kinds.reply, subsystem, command, data: outcome.reply });
    }
    outcome.effect?.();
  }

  indicate(subsystem: number, command: number, data: Buffer): void {
    this.#options.send({ kind: kinds.indication, subsystem, command, data });
  }

  /** Forms the network that the host has described in NV. */
  form(): void {
    const network = networkFromItems(this.nv);
    if (network === undefined) return;
    keepNetwork(this.nv, network, this.eui);
    startCounters(this.nv, network.extendedPanId);
    this.start();
  }

  /** Starts with the network that NV holds. */
  start(): void {
    this.#network = networkFromNv(this.nv);
    if (this.#network === undefined) return;
    this.indicate(subsystems.zdo, 0xc0, Buffer.from([deviceStates.coordinator]));
  }

  /** Starts over as after a power cut; with start-up option 2 it forgets its network first. */
  reset(reason: number = powerOn): void {
    const option = this.nv.read(items.startupOption)?.[0] ?? 0;
    if ((option & 2) !== 0) this.#forgetNetwork();
    this.#network = undefined;
    this.#permitUntil = 0;
    this.endpoints.clear();
    this.groups.clear();
    const { transport, product, major, minor } = identity;
    this.indicate(subsystems.sys, 0x80, Buffer.from([reason, transport, product, major, minor, 1]));
  }

  #forgetNetwork(): void {
    for (const item of [items.nib, items.activeKey, items.alternateKey, items.hasConfigured]) {
      this.nv.delete(item);
    }
    clearTables(this.nv, this.#options.capacity);
  }

  /** As it left the factory: an address of its own and nothing else. */
  factory(): void {
    this.nv.load({});
    this.nv.put(items.extAddr, euiToBytes(this.#birth.eui));
    this.nv.put(items.startupOption, Buffer.from([0]));
    this.nv.put(items.networkKey, Buffer.alloc(24));
    this.nv.put(items.preconfiguredKeysEnable, Buffer.from([0]));
    this.nv.put(items.tcLinkKeySeed, this.#birth.seed);
    clearTables(this.nv, this.#options.capacity);
    this.#network = undefined;
    this.endpoints.clear();
    this.groups.clear();
  }

  /** Another stick is plugged in here, as it left the factory. */
  replace(birth: Birth): void {
    this.#birth = birth;
    this.factory();
    this.reset();
  }

  /** A device has joined: told to the host, and kept with its key. */
  joined(node: Node): void {
    keepDevice(this.nv, node);
    const data = new ByteWriter().u16(node.nwk).eui(node.eui).u16(0).done();
    this.indicate(subsystems.zdo, 0xca, data);
    this.announced(node);
  }

  /** A device has left for good: told to the host, its key forgotten. */
  left(node: Node): void {
    forgetDevice(this.nv, node.eui);
    const data = new ByteWriter().u16(node.nwk).eui(node.eui).u8(0, 0, 0).done();
    this.indicate(subsystems.zdo, 0xc9, data);
  }

  announced(node: Node): void {
    const data = new ByteWriter().u16(node.nwk, node.nwk).eui(node.eui).u8(node.capability);
    this.indicate(subsystems.zdo, 0xc1, data.done());
  }

  /** An application message of a device. Dropped where no such endpoint is registered. */
  heard(nwk: number, message: ApsMessage, linkQuality: number): void {
    if (this.#network === undefined) return;
    if (message.group === undefined && !this.endpoints.has(message.targetEndpoint)) return;
    this.#sequence = (this.#sequence + 1) & 0xff;
    const data = new ByteWriter()
      .u16(message.group ?? 0, message.cluster, nwk)
      .u8(message.sourceEndpoint, message.targetEndpoint, message.broadcast === true ? 1 : 0)
      .u8(linkQuality, 0)
      .u32(Math.floor(this.clock.now()) >>> 0)
      .u8(this.#sequence, message.payload.length)
      .bytes(message.payload)
      .u16(nwk)
      .u8(29);
    this.indicate(subsystems.af, 0x81, data.done());
  }
}
