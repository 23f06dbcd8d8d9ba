/** What makes a model live: answers to commands, things a person can do to it, its own life. */
import type { ByteReader } from "../bytes.ts";
import type { Value } from "./values.ts";

export interface ClusterCall {
  readonly endpoint: number;
  readonly command: number;
  readonly payload: ByteReader;
}

/** A status, which becomes a default response; or a command of the cluster in reply. */
export type ClusterAnswer = number | { readonly command: number; readonly payload: Buffer };
export type ClusterHandler = (call: ClusterCall) => ClusterAnswer;

/** What a person or the house does to the device: press, open, switch on. */
export type Action = (amount?: number) => void;

export interface Behaviour {
  /** By cluster number. */
  readonly commands?: ReadonlyMap<number, ClusterHandler>;
  readonly actions?: Readonly<Record<string, Action>>;
  /** The device has power (again). */
  start?(): void;
  /** The host has written an attribute. */
  written?(place: Place): void;
  /** What an onlooker would see, for snapshots. */
  look?(): Readonly<Record<string, Value>>;
  /** What lasts beyond attributes when the home's process ends. */
  save?(): Readonly<Record<string, Value>>;
  load?(saved: Readonly<Record<string, Value>>): void;
}

export interface Place {
  readonly endpoint: number;
  readonly cluster: number;
  readonly attribute: number;
}
