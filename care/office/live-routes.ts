/** The stream of live updates. */
import { strictHeaders } from "./headers.ts";
import type { Live } from "./live.ts";
import { Refusal } from "./refusal.ts";
import type { Handlers } from "./route.ts";

export function liveRoutes(live: Live): Handlers {
  return {
    "GET /api/live": async ({ reply, session }) => {
      const who = session();
      const { raw } = reply;
      if (!live.hasRoom(who)) throw new Refusal(429, "too many screens are open for this account");
      reply.hijack();
      raw.writeHead(200, {
        ...strictHeaders,
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-store",
        // A proxy that gathers would hold back an alarm.
        "x-accel-buffering": "no",
      });
      await live.open(who, raw);
      return reply;
    },
  };
}
