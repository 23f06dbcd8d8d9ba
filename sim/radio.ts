/** The air between the stick and the devices, as each side sees it. */

/** One application message. Payload is a ZCL frame. */
export interface ApsMessage {
  readonly cluster: number;
  readonly sourceEndpoint: number;
  readonly targetEndpoint: number;
  readonly payload: Buffer;
  /** Set where the message went to a group or to everybody. */
  readonly group?: number;
  readonly broadcast?: boolean;
  /** The address for which a device means this; a stick with another one does not hear it. */
  readonly addressee?: string;
}

export interface Binding {
  readonly endpoint: number;
  readonly cluster: number;
  readonly target: { readonly eui: string; readonly endpoint: number } | { readonly group: number };
}

/** A device as the stick sees it: descriptors and bindings, nothing of its purpose. */
export interface Node {
  readonly name: string;
  readonly eui: string;
  readonly nwk: number;
  readonly router: boolean;
  /** MAC capability byte: router and mains, or a sleeper. */
  readonly capability: number;
  nodeDescriptor(): Buffer;
  activeEndpoints(): readonly number[];
  /** Nothing where the device has no such endpoint. */
  simpleDescriptor(endpoint: number): Buffer | undefined;
  readonly bindings: readonly Binding[];
  /** A ZDO status. */
  bind(binding: Binding): number;
  unbind(binding: Binding): number;
  leave(): void;
}

/** What a stick may do with the air. Confirm statuses are those of AF_DATA_CONFIRM. */
export interface Radio {
  readonly nodes: Iterable<Node>;
  byNwk(nwk: number): Node | undefined;
  byEui(eui: string): Node | undefined;
  unicast(nwk: number, message: ApsMessage, confirm: (status: number) => void): void;
  /** To every member of message.group, or to everybody. */
  spread(message: ApsMessage): void;
  /** Asks a device's network layer; a device that cannot answer never does. */
  ask(nwk: number, question: (node: Node) => Buffer | undefined, answer: AnswerTo): void;
}

export type AnswerTo = (answer: Buffer) => void;
