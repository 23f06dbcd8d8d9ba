/**
 * The part of MQTT 3.1.1 that the page speaks: quality of service 0 and 1, clean sessions. Pure.
 * The numbers are the standard's own.
 */

/** What comes from the broker. */
export type Packet =
  | { readonly kind: "welcome"; readonly code: number }
  | {
      readonly kind: "message";
      readonly topic: string;
      readonly text: string;
      readonly retained: boolean;
      /** 0 where no receipt is wanted. */
      readonly id: number;
    }
  | { readonly kind: "receipt"; readonly id: number }
  | { readonly kind: "subscribed"; readonly refused: boolean }
  | { readonly kind: "pong" };

export interface Login {
  readonly clientId: string;
  readonly user: string;
  readonly password: string;
  readonly keepalive_s: number;
}

/**
 * The hub drops whom so much waits for; a length beyond it is no packet of ours. Below it every one
 * is read: a line that ends at a long list of orders ends again at each new try.
 */
export const packetBytesMax = 1_048_576;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const two = (count: number): readonly number[] => [count >> 8, count & 0xff];

function word(text: string): readonly number[] {
  const bytes = encoder.encode(text);
  return [...two(bytes.length), ...bytes];
}

function lengthOf(count: number): readonly number[] {
  const bytes: number[] = [];
  let rest = count;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low | 0x80 : low);
  } while (rest > 0);
  return bytes;
}

const packet = (head: number, body: readonly number[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array([head, ...lengthOf(body.length), ...body]);

export function connect({ clientId, user, password, keepalive_s }: Login): Uint8Array<ArrayBuffer> {
  const cleanWithUserAndPassword = 0xc2;
  const head = [...word("MQTT"), 4, cleanWithUserAndPassword, ...two(keepalive_s)];
  return packet(0x10, [...head, ...word(clientId), ...word(user), ...word(password)]);
}

export function subscribe(id: number, filters: readonly string[]): Uint8Array<ArrayBuffer> {
  return packet(0x82, [...two(id), ...filters.flatMap((filter) => [...word(filter), 1])]);
}

/** Quality of service 1, never retained. */
export function publish(id: number, topic: string, text: string): Uint8Array<ArrayBuffer> {
  return packet(0x32, [...word(topic), ...two(id), ...encoder.encode(text)]);
}

export const receipt = (id: number): Uint8Array<ArrayBuffer> => packet(0x40, two(id));
export const ping = (): Uint8Array<ArrayBuffer> => packet(0xc0, []);
export const goodbye = (): Uint8Array<ArrayBuffer> => packet(0xe0, []);

function message(head: number, body: Uint8Array): Packet {
  const at = (index: number): number => ((body[index] ?? 0) << 8) | (body[index + 1] ?? 0);
  const qos = (head >> 1) & 3;
  const end = 2 + at(0);
  const start = end + (qos > 0 ? 2 : 0);
  if (start > body.length || qos > 1) throw new Error("a message that is not whole");
  return {
    kind: "message",
    topic: decoder.decode(body.subarray(2, end)),
    text: decoder.decode(body.subarray(start)),
    retained: (head & 1) === 1,
    id: qos > 0 ? at(end) : 0,
  };
}

function read(head: number, body: Uint8Array): Packet {
  const [first = 0, second = 0, third = 0] = body;
  switch (head >> 4) {
    case 2:
      return { kind: "welcome", code: second };
    case 3:
      return message(head, body);
    case 4:
      return { kind: "receipt", id: (first << 8) | second };
    case 9:
      return { kind: "subscribed", refused: third === 0x80 || body.subarray(3).includes(0x80) };
    case 13:
      return { kind: "pong" };
    default:
      throw new Error(`a packet of kind ${head >> 4}, which the page does not speak`);
  }
}

/** How long the packet is that begins here, with its head; undefined while too little came. */
function whole(bytes: Uint8Array): { readonly from: number; readonly to: number } | undefined {
  let length = 0;
  for (let index = 1; index <= 4; index += 1) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) * 128 ** (index - 1);
    if ((byte & 0x80) !== 0) continue;
    if (length > packetBytesMax) break;
    const to = index + 1 + length;
    return to > bytes.length ? undefined : { from: index + 1, to };
  }
  throw new Error("a packet that is too long");
}

/** Puts packets together: a frame of the socket may end anywhere. Throws on what is no packet. */
export class PacketReader {
  #rest = new Uint8Array(0);

  feed(bytes: Uint8Array): readonly Packet[] {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const found: Packet[] = [];
    let at = 0;
    for (;;) {
      const rest = all.subarray(at);
      const span = whole(rest);
      if (span === undefined) break;
      found.push(read(rest[0] ?? 0, rest.subarray(span.from, span.to)));
      at += span.to;
    }
    this.#rest = all.slice(at);
    return found;
  }
}
