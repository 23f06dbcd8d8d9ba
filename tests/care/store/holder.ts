/**
 * A process that looks after homes and does nothing else: each of its homes gets a step every 100 ms
 * whose state counts on. `node holder.ts PLACE OWNER IMPORTS [LEASE]`, all but OWNER as JSON.
 */
import type { DatabasePlace } from "../../../care/store/place.ts";
import type { ImportedHome, KeptHome, LeaseTimes } from "../../../care/store/rows.ts";
import { openStore } from "../../../care/store/store.ts";
import { instant } from "../../../protocol/time.ts";

const [place = "", owner = "", imports = "[]", lease = "null"] = process.argv.slice(2);

const say = (message: object): void => {
  process.stdout.write(`${JSON.stringify(message)}\n`);
};

const counts = new Map<string, number>();

function take({ home, state, fence }: KeptHome): void {
  const count = state === undefined ? 0 : Number((JSON.parse(state) as { count: number }).count);
  counts.set(home, count);
  say({ kind: "home", home, count, fence });
}

const times = JSON.parse(lease) as LeaseTimes | null;
const store = await openStore({
  place: JSON.parse(place) as DatabasePlace,
  owner,
  imports: JSON.parse(imports) as ImportedHome[],
  ...(times === null ? {} : { lease: times }),
  stamp: () => ({
    ...{ mono_ms: 1, boot: "b", at: instant(1) },
    wall: { wall_ms: Date.now(), trusted: true },
  }),
  onHomes: (homes) => homes.forEach(take),
  onSurplus: (homes) => {
    for (const home of homes) counts.delete(home);
    void store.release(homes).then(() => say({ kind: "released", homes }));
  },
  onArrivals: () => undefined,
  onChanged: () => undefined,
  onTrouble: (why) => say({ kind: "trouble", why }),
  onRoom: () => undefined,
  onNotice: (text) => say({ kind: "notice", text }),
  onLost: (why, what) => {
    say({ kind: "lost", why });
    process.exit(what === "lease" ? 75 : 74);
  },
});
await store.claim();
say({ kind: "claimed", at: store.stamp?.at });

setInterval(() => {
  for (const [home, before] of counts) {
    const count = before + 1;
    counts.set(home, count);
    const state = JSON.stringify({ count });
    const wall = Date.now();
    store.append(
      {
        ...{ kind: "entry", home, at: count, wall, trusted: true, state, wakeAt: count },
        ...{ event: JSON.stringify({ owner, count }), decisions: "[]", lines: [] },
        message: undefined,
      },
      () => say({ kind: "durable", home, count }),
    );
  }
}, 100);

process.once("SIGTERM", () => {
  void store.close().then(() => process.exit(0));
});
