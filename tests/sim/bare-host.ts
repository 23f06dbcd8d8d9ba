/** A host in the same process that speaks bytes: no socket, no clock, every step in order. */
import { ByteWriter } from "../../sim/bytes.ts";
import { readIncoming } from "../../sim/coordinator/af-frames.ts";
import {
  encodeFrame,
  type Frame,
  FrameParser,
  kinds,
  subsystems,
} from "../../sim/coordinator/frame.ts";
import { decodeZcl, encodeZcl, type ZclFrame } from "../../sim/devices/zcl.ts";
import type { VirtualHome } from "../../sim/virtual-home.ts";

export interface Heard extends ZclFrame {
  readonly nwk: number;
  readonly cluster: number;
  readonly endpoint: number;
  readonly homeAt: number;
}

export class BareHost {
  readonly home: VirtualHome;
  /** Every frame to the host: home time, then bytes. */
  readonly log: string[] = [];
  readonly frames: Frame[] = [];
  readonly heard: Heard[] = [];
  /** Statuses of AF_DATA_CONFIRM. */
  readonly confirms: number[] = [];
  #sequence = 0;

  constructor(home: VirtualHome) {
    this.home = home;
    const parser = new FrameParser();
    home.line.connect((bytes) => {
      this.log.push(`${home.clock.now()} ${bytes.toString("hex")}`);
      for (const frame of parser.push(bytes)) this.#take(frame);
    });
    this.request(subsystems.zdo, 0x40, Buffer.from([0, 0]));
    const endpoint = new ByteWriter().u8(1).u16(0x0104, 5).u8(0, 0, 0, 0);
    this.request(subsystems.af, 0x00, endpoint.done());
  }

  #take(frame: Frame): void {
    this.frames.push(frame);
    if (frame.kind !== kinds.indication || frame.subsystem !== subsystems.af) return;
    if (frame.command === 0x80) this.confirms.push(frame.data[0] ?? -1);
    const data = readIncoming(frame);
    if (data === undefined) return;
    const { nwk, cluster, endpoint, zcl } = data;
    this.heard.push({ ...decodeZcl(zcl), nwk, cluster, endpoint, homeAt: this.home.clock.now() });
  }

  request(subsystem: number, command: number, data: Buffer): void {
    this.home.line.fromHost(encodeFrame({ kind: kinds.request, subsystem, command, data }));
  }

  /** A cluster command, or a shared one; answers stand in `heard`. */
  send(name: string, cluster: number, zcl: Partial<ZclFrame> & { command: number }): void {
    this.#sequence = (this.#sequence + 1) & 0xff;
    const payload = encodeZcl({
      ofCluster: true,
      fromServer: false,
      wantsDefaultResponse: true,
      sequence: this.#sequence,
      payload: Buffer.alloc(0),
      ...zcl,
    });
    const { nwk } = this.home.device(name);
    const data = new ByteWriter().u16(nwk).u8(1, 1).u16(cluster).u8(this.#sequence, 0, 30);
    this.request(subsystems.af, 0x01, data.u8(payload.length).bytes(payload).done());
  }

  /** The last answer of a device for a cluster. */
  last(name: string, cluster: number): Heard | undefined {
    const { nwk } = this.home.device(name);
    return this.heard.findLast((heard) => heard.nwk === nwk && heard.cluster === cluster);
  }

  of(name: string): Heard[] {
    const { nwk } = this.home.device(name);
    return this.heard.filter((heard) => heard.nwk === nwk);
  }
}
