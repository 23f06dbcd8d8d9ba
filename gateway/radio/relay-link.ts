/** How a frame reaches the stove relay: past the stack's queues where the stick allows it. */
import { type Models, Zcl } from "zigbee-herdsman";
import type { Adapter } from "zigbee-herdsman/dist/adapter/adapter.js";
import { ZStackAdapter } from "zigbee-herdsman/dist/adapter/z-stack/adapter/zStackAdapter.js";
import { attempt } from "./deadline.ts";
import {
  type OwnFrame,
  rawDataRequest,
  readFrame,
  type SwitchCommand,
  switchFrame,
} from "./frames.ts";
import { isLineWaiting, writeToPort } from "./inside.ts";
import { askPower } from "./meter.ts";
import { brief as briefly } from "./routine.ts";
import { stoveGroup } from "./settings.ts";
import { powerQuestion } from "./stove-endpoints.ts";

const answer_ms = 1_000;
/** A stick takes a frame within milliseconds; the promise is to have `off` out within 50 ms. */
const taken_ms = 40;
const defaultResponse = 0x0b;
const onOffCluster = 6;
const ourEndpoint = 1;
/** For sticks whose queues cannot be passed: the queue is free again before the next try. */
const brief = { ...briefly, timeout: answer_ms };

/** `mute`: no answer came. A number is a ZCL status; 0 means that the relay obeyed. */
export type Answer = number | "mute";

/** The last byte of a default response is its status. */
function statusOf(data: Uint8Array | undefined): Answer {
  return data?.at(-1) ?? "mute";
}

export class RelayLink {
  readonly #adapter: Adapter;
  readonly #endpoint: Models.Endpoint;

  constructor(adapter: Adapter, endpoint: Models.Endpoint) {
    this.#adapter = adapter;
    this.#endpoint = endpoint;
  }

  get endpoint(): Models.Endpoint {
    return this.#endpoint;
  }

  get #network(): number {
    return this.#endpoint.deviceNetworkAddress;
  }

  /** A Z-Stack sends a frame to an address at once when nobody waits for its confirmation. */
  get #passesQueues(): boolean {
    return this.#adapter instanceof ZStackAdapter;
  }

  /** Sends the command now; resolves with the relay's answer. */
  async switch(command: SwitchCommand): Promise<Answer> {
    if (!this.#passesQueues) {
      const done = await attempt(answer_ms, "the relay", () =>
        this.#endpoint.command("genOnOff", command, {}, brief),
      );
      return done.ok ? Number(done.value?.["statusCode"] ?? 0) : "mute";
    }
    const own = switchFrame(command, true);
    // No answer comes within this turn: the frame need not stand behind the waiting for one.
    this.#send(own);
    const waiter = this.#adapter.waitFor(
      this.#network,
      this.#endpoint.ID,
      Zcl.FrameType.GLOBAL,
      Zcl.Direction.SERVER_TO_CLIENT,
      own.sequence,
      onOffCluster,
      defaultResponse,
      own.frame.command.ID,
      answer_ms,
    );
    const answer = attempt(answer_ms + 50, "the relay", () => waiter.promise);
    const force = command === "off" ? setTimeout(() => this.#force(own), taken_ms) : undefined;
    const done = await answer;
    // The relay has it: a late second "off" would undo an "on" that was ordered since.
    clearTimeout(force);
    return done.ok ? statusOf(done.value.data) : "mute";
  }

  /**
   * To the stove's group: not queued by device, never answered. Sent also when the membership is
   * not confirmed yet: nothing but the stove's relay is ever in this group.
   */
  spread(command: SwitchCommand): void {
    void attempt(answer_ms, "the group", () => {
      const { frame } = switchFrame(command, false);
      return this.#adapter.sendZclFrameToGroup(stoveGroup, frame, ourEndpoint);
    });
  }

  /** Asks for the state; the answer comes as a message like any other. */
  ask(): void {
    if (this.#passesQueues) this.#send(readFrame("onOff"));
    else {
      void attempt(answer_ms, "the relay", () => this.#endpoint.read("genOnOff", ["onOff"], brief));
    }
  }

  /** Asks what flows, where the relay meters; relay and meter answer for the stove together. */
  askPower(): void {
    const question = powerQuestion(this.#endpoint);
    if (question === undefined) return;
    if (this.#passesQueues) this.#send(readFrame(question));
    else void askPower(this.#endpoint);
  }

  #send(own: OwnFrame): void {
    // The stack calls it a broadcast; on the air it is what its address says: one relay.
    this.#adapter
      .sendZclFrameToAll(this.#endpoint.ID, own.frame, ourEndpoint, this.#network)
      .catch(() => {});
  }

  /**
   * One lost serial reply holds every frame back for 6 s (measured). Then the bytes of `off` go to
   * the port themselves; that the relay may get it twice harms nobody.
   */
  #force(own: OwnFrame): void {
    if (!isLineWaiting(this.#adapter)) return;
    writeToPort(this.#adapter, rawDataRequest(this.#network, this.#endpoint.ID, own));
  }
}
