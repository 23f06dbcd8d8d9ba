/** What the stack tells of the network, passed on. */
import type { Logger } from "pino";
import type { Controller, Events, Models } from "zigbee-herdsman";
import { wordsOf } from "../../platform/words.ts";

export interface NetworkListener {
  /** Never throws; nothing stands between it and the stack. */
  message(message: Events.MessagePayload): void;
  /** A sign of life that is no message. */
  alive(ieee: string): void;
  announced(device: Models.Device): void;
  left(ieee: string): void;
  /** It joined, and said what it is. */
  joined(device: Models.Device): Promise<void>;
}

/**
 * Every other listener is wrapped: an exception or a rejection inside one would end the process.
 */
export function listen(controller: Controller, listener: NetworkListener, log: Logger): void {
  const guarded =
    <T>(what: string, heard: (data: T) => unknown) =>
    async (data: T): Promise<void> => {
      try {
        await heard(data);
      } catch (thrown) {
        log.error({ what, why: wordsOf(thrown) }, "a listener failed");
      }
    };
  controller.on("message", (message) => listener.message(message));
  controller.on(
    "lastSeenChanged",
    guarded("sign of life", ({ device, reason }) => {
      if (reason === "messageNonEmitted") listener.alive(device.ieeeAddr);
    }),
  );
  controller.on(
    "deviceAnnounce",
    guarded("announcement", ({ device }) => {
      listener.alive(device.ieeeAddr);
      listener.announced(device);
    }),
  );
  controller.on(
    "deviceLeave",
    guarded("leave", ({ ieeeAddr }) => listener.left(ieeeAddr)),
  );
  controller.on(
    "deviceInterview",
    guarded("interview", async ({ status, device }) => {
      if (status === "successful") await listener.joined(device);
    }),
  );
}
