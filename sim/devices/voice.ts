/** How a device speaks: commands it repeats until they are answered, replies, reports. */
import { ByteWriter } from "../bytes.ts";
import type { Cancel, Clock } from "../clock.ts";
import type { ApsMessage, Binding } from "../radio.ts";
import type { Attribute } from "./attributes.ts";
import { writeValue } from "./values.ts";
import { encodeZcl, shared, type ZclFrame } from "./zcl.ts";

/** A command to the host. */
export interface Telling {
  readonly endpoint: number;
  readonly cluster: number;
  readonly command: number;
  readonly payload: Buffer;
  readonly fromServer: boolean;
  /** How often it is sent again, a second apart, while no default response comes. */
  readonly repeats?: number;
  /** The address of the one it means, where the device keeps one. */
  readonly addressee?: string;
}

export interface VoiceParts {
  readonly clock: Clock;
  readonly bindings: () => readonly Binding[];
  readonly transmit: (message: ApsMessage) => void;
}

const repeatAfter_ms = 1000;

export class Voice {
  readonly #parts: VoiceParts;
  readonly #unanswered = new Map<number, Cancel>();
  #sequence = 0;

  constructor(parts: VoiceParts) {
    this.#parts = parts;
  }

  /** Sends, and sends the same again while nobody answers, as real buttons do. */
  tell(telling: Telling): void {
    const sequence = this.#nextSequence();
    const { endpoint, cluster, command, payload, fromServer } = telling;
    const wants = { ofCluster: true, wantsDefaultResponse: true };
    const frame = encodeZcl({ ...wants, fromServer, sequence, command, payload });
    const { addressee } = telling;
    const whom = addressee === undefined ? {} : { addressee };
    const target = { sourceEndpoint: endpoint, targetEndpoint: 1, ...whom };
    const message = { cluster, ...target, payload: frame };
    this.#repeat(sequence, message, telling.repeats ?? 0);
  }

  #repeat(sequence: number, message: ApsMessage, left: number): void {
    this.#unanswered.delete(sequence);
    if (left > 0) {
      const again = () => this.#repeat(sequence, message, left - 1);
      this.#unanswered.set(sequence, this.#parts.clock.after(repeatAfter_ms, again));
    }
    this.#parts.transmit(message);
  }

  /** The host has answered the command with this number. */
  answered(sequence: number): void {
    this.#unanswered.get(sequence)?.();
    this.#unanswered.delete(sequence);
  }

  reply(endpoint: number, to: ApsMessage, frame: ZclFrame): void {
    const { cluster, sourceEndpoint } = to;
    const payload = encodeZcl({
      ...frame,
      fromServer: !frame.fromServer,
      wantsDefaultResponse: false,
    });
    const targetEndpoint = sourceEndpoint;
    this.#parts.transmit({ cluster, sourceEndpoint: endpoint, targetEndpoint, payload });
  }

  /** To whom the cluster is bound; a report without a binding goes nowhere. */
  report(attribute: Attribute): void {
    const { endpoint, cluster } = attribute;
    const bound = this.#parts.bindings().find((held) => {
      return held.endpoint === endpoint && held.cluster === cluster && "eui" in held.target;
    });
    if (bound === undefined || !("eui" in bound.target)) return;
    const value = new ByteWriter().u16(attribute.attribute).u8(attribute.type);
    writeValue(value, attribute.type, attribute.value);
    const payload = encodeZcl({
      ofCluster: false,
      fromServer: true,
      wantsDefaultResponse: false,
      sequence: this.#nextSequence(),
      command: shared.report,
      payload: value.done(),
    });
    const { eui: addressee, endpoint: targetEndpoint } = bound.target;
    this.#parts.transmit({ cluster, sourceEndpoint: endpoint, targetEndpoint, addressee, payload });
  }

  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) & 0xff;
    return this.#sequence;
  }
}
