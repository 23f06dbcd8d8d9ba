/** What tablets and comfort ask for: a fact for the rules, or a light or a cover past them. */
import type { Logger } from "../platform/log.ts";
import type { TabletAnswer, TabletRequest } from "../protocol/messages.ts";
import type { EngineState } from "../rules/engine.ts";
import type { Fact } from "../rules/events.ts";
import { homeStates } from "../rules/index.ts";
import { orderRefusal } from "../rules/machines/services.ts";
import { factOfRequest } from "./from-people.ts";
import type { ActOutcome, HubListener } from "./ports.ts";
import { countTries } from "./tries.ts";

export interface RequestParts {
  /** Switches a light or moves a cover. How it then is the device itself says. */
  readonly wish: (device: string, level: number) => Promise<ActOutcome>;
  readonly hear: (fact: Fact, durable: () => void) => void;
  /** Undefined until the rules run. */
  readonly state: () => EngineState | undefined;
  readonly answer: (client: string, answer: TabletAnswer) => void;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** Why the rules would not take it: said, for somebody waits for an answer. */
function refusal({ request }: TabletRequest, state: EngineState | undefined): string | null {
  if (request.kind !== "order" || state === undefined) return null;
  return orderRefusal(homeStates(state).services, request.order);
}

/** A fact is `taken` once it is on disk, a wish for a light or a cover once the device obeyed. */
export function takeRequests(parts: RequestParts): HubListener {
  const request = (client: string, asked: TabletRequest): void => {
    const { request: wanted, id: of } = asked;
    const answer = (why: string | null): void =>
      parts.answer(client, { of, taken: why === null, why: why ?? "" });
    if (wanted.kind === "level") {
      const { device, level } = wanted;
      void parts.wish(device, level).then(({ ok, detail }) => answer(ok ? null : detail));
      return;
    }
    const why = refusal(asked, parts.state());
    const fact = factOfRequest(client, asked);
    if (why !== null) answer(why);
    else if (fact !== undefined) parts.hear(fact, () => answer(null));
  };
  const count = countTries((fact) => parts.hear(fact, () => undefined));
  return {
    request,
    wish: (client, device, level) => {
      void parts.wish(device, level).then(({ ok, detail }) => {
        if (!ok) parts.log.info(`wish of ${client} for ${device}: ${detail}`);
      });
    },
    intrusion: (summary, tried) => {
      parts.log.warn(summary);
      count(tried);
    },
  };
}
