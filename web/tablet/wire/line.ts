/**
 * The line to the hub: MQTT over a secure WebSocket. It is made again for ever, and one that is
 * silent is given up, whatever the browser believes of it.
 */
import type { Credential } from "./credential.ts";
import type { Heard, LineState } from "./heard.ts";
import { connect, goodbye, PacketReader, ping, publish, receipt, subscribe } from "./packet.ts";

export interface LineParts {
  readonly url: string;
  readonly credential: Credential;
  readonly filters: readonly string[];
  heard(message: Heard): void;
  changed(state: LineState): void;
}

export interface Line {
  /** False where there is no open line: whoever wants it said says it again. */
  publish(topic: string, text: string): boolean;
  /** What was heard of it is old: it is made anew at once. */
  renew(): void;
  close(): void;
}

/** From the opened socket to the hub's welcome; on a slow tablet the handshake takes a second. */
const welcomeWithinMs = 4_000;
const pingEveryMs = 4_000;
/** The home beats every five seconds, and pings are answered: so long a silence is no line. */
const silentAfterMs = 9_000;
/** Told to the hub, which drops a page that it does not hear for one and a half times this. */
const keepalive_s = 20;
/** How long after a break the line is made anew, the first time and at most. */
const againMs = { first: 200, most: 1_500 } as const;
/** A hub that refused the credential is asked again: an installer may be at it. */
const refusedAgainMs = 15_000;

const badCredential: readonly number[] = [4, 5];

class OpenLine implements Line {
  readonly #parts: LineParts;
  /** Of this page: a second page of the same tablet must not push it out. */
  readonly #clientId: string;
  #socket: WebSocket | undefined;
  #state: LineState = "opening";
  #heardAt = 0;
  #openedAt = 0;
  #tries = 0;
  #packetId = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  readonly #watch: ReturnType<typeof setInterval>;

  constructor(parts: LineParts) {
    this.#parts = parts;
    const { client } = parts.credential;
    this.#clientId = `${client}:${Math.random().toString(36).slice(2, 10)}`;
    this.#watch = setInterval(() => this.#look(), 1_000);
    window.addEventListener("online", this.#hurry);
    document.addEventListener("visibilitychange", this.#hurry);
    this.#open();
  }

  publish(topic: string, text: string): boolean {
    if (this.#state !== "open") return false;
    return this.#send(publish(this.#nextId(), topic, text));
  }

  renew(): void {
    if (this.#state === "open") this.#broken();
    if (this.#socket === undefined) this.#open();
  }

  close(): void {
    clearInterval(this.#watch);
    clearTimeout(this.#again);
    window.removeEventListener("online", this.#hurry);
    document.removeEventListener("visibilitychange", this.#hurry);
    this.#send(goodbye());
    this.#drop();
  }

  /** The network is back, or somebody looks: what waits does not wait any longer. */
  readonly #hurry = (event: Event): void => {
    const isSilent = performance.now() - this.#heardAt > pingEveryMs + 1_000;
    if (event.type === "online" || isSilent || this.#state !== "open") this.renew();
  };

  #nextId(): number {
    this.#packetId = (this.#packetId % 65_535) + 1;
    return this.#packetId;
  }

  #send(bytes: Uint8Array<ArrayBuffer>): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(bytes);
    return true;
  }

  #become(state: LineState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#parts.changed(state);
  }

  #open(): void {
    clearTimeout(this.#again);
    const { credential, url } = this.#parts;
    const reader = new PacketReader();
    const socket = new WebSocket(url, "mqtt");
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#openedAt = performance.now();
    socket.addEventListener("open", () => {
      const { client: user, secret: password } = credential;
      this.#send(connect({ clientId: this.#clientId, user, password, keepalive_s }));
    });
    socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) => {
      if (this.#socket !== socket) return;
      try {
        this.#hear(reader, new Uint8Array(data));
      } catch {
        this.#broken();
      }
    });
    socket.addEventListener("close", () => {
      if (this.#socket === socket) this.#broken();
    });
  }

  #hear(reader: PacketReader, bytes: Uint8Array): void {
    this.#heardAt = performance.now();
    for (const packet of reader.feed(bytes)) {
      if (packet.kind === "welcome") this.#welcomed(packet.code);
      if (packet.kind === "subscribed") this.#listening(packet.refused);
      if (packet.kind !== "message") continue;
      const { id, topic, text, retained } = packet;
      if (id > 0) this.#send(receipt(id));
      this.#parts.heard({ topic, text, retained });
    }
  }

  #welcomed(code: number): void {
    if (code === 0) {
      this.#send(subscribe(this.#nextId(), this.#parts.filters));
      return;
    }
    if (badCredential.includes(code)) this.#become("refused");
    this.#broken();
  }

  #listening(refused: boolean): void {
    if (refused) {
      this.#broken();
      return;
    }
    this.#tries = 0;
    this.#become("open");
  }

  #look(): void {
    if (this.#socket === undefined) return;
    const now = performance.now();
    if (this.#state !== "open") {
      if (now - this.#openedAt > welcomeWithinMs) this.#broken();
      return;
    }
    if (now - this.#heardAt > silentAfterMs) this.#broken();
    else if (now - this.#heardAt > pingEveryMs) this.#send(ping());
  }

  #drop(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  #broken(): void {
    this.#drop();
    if (this.#state === "open") this.#become("opening");
    const soon = Math.min(againMs.most, againMs.first * 2 ** this.#tries);
    this.#tries += 1;
    clearTimeout(this.#again);
    const wait = this.#state === "refused" ? refusedAgainMs : soon;
    this.#again = setTimeout(() => this.#open(), wait);
  }
}

/** Opens the line, for ever. */
export const openLine = (parts: LineParts): Line => new OpenLine(parts);
