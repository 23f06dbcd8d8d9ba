/** The real uplink of a home on this machine, without the rest of a gateway. */
import type { Uplink, UplinkListener } from "../../gateway/ports.ts";
import { createUplink } from "../../gateway/uplink/uplink.ts";
import { instant, seconds } from "../../protocol/time.ts";

export interface HomeLogin {
  readonly port: number;
  readonly home: string;
  readonly password: string;
  /** PEM that the broker shows. */
  readonly ca: string;
}

/** Started; it beats once a second. */
export function openHomeUplink(
  { port, ...login }: HomeLogin,
  listener: UplinkListener,
  say: (words: string) => void = () => undefined,
): Uplink {
  const uplink = createUplink({
    settings: {
      ...login,
      url: `mqtts://127.0.0.1:${port}`,
      boot: "boot-1",
      beatEvery: seconds(1),
    },
    clock: {
      now: () => instant(performance.now()),
      wall: () => ({ wall_ms: Date.now(), trusted: true }),
    },
    listener,
    say: (_level, words) => say(words),
  });
  uplink.start();
  return uplink;
}
