/**
 * aedes 1.2.0 numbers every message at its birth, and forwards to a client only numbers above the
 * last it forwarded. But a message of QoS 1, or a retained one, takes more turns inside aedes than
 * one of QoS 0: a later event overtakes an earlier announcement, which is then taken for a repeat
 * and lost. The numbers serve clusters of brokers; there is one here. Without its number a message
 * is numbered when it is delivered, and none is lost. The price: a client whose filters overlap
 * hears a message once for each (MQTT 3.1.1, clause 3.3.5 allows it), and drops repeats by id.
 */
import type { Aedes } from "aedes";

type Emit = (packet: { brokerCounter?: number }, done?: () => void) => unknown;

interface Emitter {
  emit: Emit;
}

/** Must be called before the first message. */
export function forwardAll(aedes: Aedes): void {
  const emitter: unknown = Reflect.get(aedes, "mq");
  if (!isEmitter(emitter)) throw new Error("broker: this aedes keeps its emitter elsewhere");
  const emit: Emit = emitter.emit.bind(emitter);
  emitter.emit = (packet, done) => {
    packet.brokerCounter = 0;
    return emit(packet, done);
  };
}

function isEmitter(value: unknown): value is Emitter {
  return (
    typeof value === "object" && value !== null && typeof Reflect.get(value, "emit") === "function"
  );
}
