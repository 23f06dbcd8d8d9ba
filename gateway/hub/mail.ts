/** What passes between the gateway's thread and the hub's worker. Plain data only. */
import type { Tried } from "../../platform/intrusions.ts";
import type { TlsIdentity } from "../../platform/listeners.ts";
import type { HubClient } from "./acl.ts";

/** A client of the hub with what is kept of its credential. */
export interface EnrolledClient extends HubClient {
  /** SHA-256 of its secret, in hexadecimal. */
  readonly sha256: string;
}

/** Ports of the hub; 0 lets the system choose. */
export type HubPorts = {
  readonly mqtt: number;
  readonly websocket: number;
};

/** What the worker must know to open. */
export interface WorkerSettings {
  readonly host: string;
  readonly ports: HubPorts;
  /** Absent only on the loopback address. */
  readonly tls?: TlsIdentity;
  readonly clients: readonly EnrolledClient[];
  /** The hub's own folder: what was paired is kept there. */
  readonly folder: string;
  /** Folder of the tablet's built page, served beside MQTT over WebSocket. */
  readonly pagesDir?: string;
}

/** One message to publish, ready as text. */
export interface Mail {
  readonly topic: string;
  readonly payload: string;
  readonly retain: boolean;
  readonly qos: 0 | 1;
}

/** From the worker. */
export type FromWorker =
  /** What a client said on its own topic; the name is the authenticated one. */
  | { readonly kind: "said"; readonly client: string; readonly text: string }
  /** Somebody begins to listen to the state, and knows nothing until the home is heard to live. */
  | { readonly kind: "joined" }
  /** A sentence for the log. */
  | { readonly kind: "line"; readonly words: string }
  | { readonly kind: "intrusion"; readonly summary: string; readonly tried: Tried };
