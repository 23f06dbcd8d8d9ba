import { beforeEach, describe, expect, it } from "vitest";
import { type ManualClock, manualClock } from "../../sim/clock.ts";
import { subsystems } from "../../sim/coordinator/frame.ts";
import { items } from "../../sim/coordinator/nv.ts";
import { clusters } from "../../sim/devices/model.ts";
import { startVirtualHome, type VirtualHome } from "../../sim/virtual-home.ts";
import { BareHost } from "./bare-host.ts";

let clock: ManualClock;
let home: VirtualHome;
let host: BareHost;

beforeEach(async () => {
  clock = manualClock();
  home = await startVirtualHome({ clock, port: "none", seed: 7 });
  host = new BareHost(home);
});

const ping = () => host.request(subsystems.sys, 0x01, Buffer.alloc(0));
const off = () => host.send("stove-plug", clusters.onOff, { command: 0x00 });
const answers = () => host.of("stove-plug").length;

describe("the line", () => {
  it("silent: neither replies nor alarms, until it speaks again", () => {
    home.faults.silent(true);
    const before = host.frames.length;
    ping();
    home.press("bath-button");
    expect(host.frames).toHaveLength(before);
    home.faults.silent(false);
    ping();
    expect(host.frames).toHaveLength(before + 1);
  });

  it("lost replies: the command happens, its reply does not", () => {
    home.faults.loseReplies(1);
    const before = host.frames.length;
    off();
    expect(host.frames.slice(before).every((frame) => frame.kind !== 3)).toBe(true);
    expect(home.offCount).toBe(1);
    expect(host.confirms).toEqual([0]);
  });

  it("reset: told to the host, endpoints and network gone, sending refused", () => {
    home.faults.reset();
    expect(host.frames.at(-1)).toMatchObject({ kind: 2, subsystem: subsystems.sys, command: 0x80 });
    off();
    expect(host.frames.at(-1)?.data).toEqual(Buffer.from([2]));
    home.press("bath-button");
    expect(host.of("bath-button")).toHaveLength(0);
  });

  it("wipe: the stick holds no network any more", () => {
    const length = () => {
      host.request(subsystems.sys, 0x13, Buffer.from([0x21, 0x00]));
      return host.frames.at(-1)?.data.readUInt16LE(0);
    };
    expect(length()).toBe(116);
    home.faults.wipe();
    expect(length()).toBe(0);
  });

  it("replace: another stick, with another address and seed, also after a wipe", () => {
    const identity = () => [
      home.stick.eui,
      home.stick.nv.read(items.tcLinkKeySeed)?.toString("hex"),
      home.stick.network,
    ];
    const [eui, seed] = identity();
    home.faults.replace();
    const [newEui, newSeed, network] = identity();
    expect(newEui).toMatch(/^0x00124b00[0-9a-f]{8}$/);
    expect([newEui, newSeed]).not.toContain(eui);
    expect(newSeed).not.toBe(seed);
    expect(network).toBeUndefined();
    home.faults.wipe();
    expect(identity()).toEqual([newEui, newSeed, undefined]);
  });

  it("garbage: bytes reach the host; the same seed draws the same", async () => {
    home.faults.garbage(16);
    home.faults.garbage(Buffer.from("fe20", "hex"));
    const drawn = host.log.at(-2)?.split(" ")[1];
    expect(drawn).toHaveLength(32);
    expect(host.log.at(-1)?.endsWith("fe20")).toBe(true);
    const again = await startVirtualHome({ clock: manualClock(), port: "none", seed: 7 });
    const other = new BareHost(again);
    again.faults.garbage(16);
    expect(other.log.at(-1)?.split(" ")[1]).toBe(drawn);
  });

  it("an unknown command is answered with an error of the RPC layer", () => {
    host.request(subsystems.sys, 0x77, Buffer.alloc(0));
    expect(host.frames.at(-1)).toMatchObject({ kind: 3, subsystem: 0 });
    expect(host.frames.at(-1)?.data).toEqual(Buffer.from([2, 0x21, 0x77]));
  });
});

describe("devices", () => {
  it("mute: the frame is confirmed, nothing is done, nothing is said", () => {
    home.device("stove-plug").act("on");
    const before = answers();
    home.faults.device("stove-plug", "mute");
    off();
    expect(host.confirms).toEqual([0]);
    expect(home.stove.relay.closed).toBe(true);
    home.device("stove-plug").act("off");
    expect(answers()).toBe(before);
  });

  it("dead: not even confirmed", () => {
    home.faults.device("stove-plug", "dead");
    off();
    expect(host.confirms).toEqual([0xe9]);
    expect(answers()).toBe(0);
  });

  it("voiceless: done, but nothing of it arrives", () => {
    home.device("stove-plug").act("on");
    const before = answers();
    home.faults.device("stove-plug", "voiceless");
    off();
    expect(home.stove.relay.closed).toBe(false);
    expect(answers()).toBe(before);
  });

  it("slow: done and answered late", () => {
    home.device("stove-plug").act("on");
    home.faults.device("stove-plug", "slow");
    off();
    expect(home.stove.relay.closed).toBe(true);
    clock.advance(5000);
    expect(home.stove.relay.closed).toBe(false);
  });

  it("confirm: any status, or none at all", () => {
    home.faults.confirm("stove-plug", 0xe1);
    off();
    expect(host.confirms).toEqual([0xe1]);
    expect(home.offCount).toBe(0);
    home.faults.confirm("stove-plug", "none");
    off();
    expect(host.confirms).toEqual([0xe1]);
    expect(home.offCount).toBe(1);
  });
});

describe("the mains", () => {
  it("power: nothing flows and nobody with a plug answers, until it returns", () => {
    home.device("stove-plug").act("on");
    home.stove.switchOn(1800);
    home.power(false);
    expect(home.stove.powerW).toBe(0);
    off();
    expect(host.confirms).toEqual([0xe9]);
    home.power(true);
    expect(home.stove.powerW).toBe(1800);
    const announced = host.frames.filter(({ subsystem, command }) => {
      return subsystem === subsystems.zdo && command === 0xc1;
    });
    expect(announced).toHaveLength(4);
  });

  it("power that returns heals nobody who was ill before", () => {
    home.faults.device("stove-plug", "mute");
    home.power(false);
    expect(home.trouble.condition("stove-plug")).toBe("dead");
    home.power(true);
    expect(home.trouble.condition("stove-plug")).toBe("mute");
    home.faults.device("living-light", "dead");
    home.power(true);
    expect(home.trouble.condition("living-light")).toBe("dead");
  });

  it("a welded relay flows on when power returns, whatever its setting", () => {
    home.device("stove-plug").act("on");
    home.stove.switchOn(1800);
    home.stove.fault("weld");
    off();
    home.power(false);
    home.power(true);
    expect(home.stove.relay.says).toBe(false);
    expect(home.stove.powerW).toBe(1800);
  });
});

describe("sleepers", () => {
  const ask = () => {
    const payload = Buffer.from([0x21, 0x00]);
    host.send("front-door", clusters.power, { ofCluster: false, command: 0x00, payload });
  };

  it("hear when they poll, or just after they have spoken", () => {
    home.trouble.sleepers = true;
    clock.advance(3000);
    ask();
    expect(host.of("front-door")).toHaveLength(0);
    clock.advance(5000);
    expect(host.of("front-door")).toHaveLength(1);
    home.door("front-door").open();
    ask();
    expect(host.of("front-door")).toHaveLength(3);
  });

  it("dead: their parent gives up after 7.68 s", () => {
    home.trouble.sleepers = true;
    home.faults.device("front-door", "dead");
    ask();
    clock.advance(7679);
    expect(host.confirms).toEqual([]);
    clock.advance(1);
    expect(host.confirms).toEqual([0xf0]);
  });
});

describe("leaving", () => {
  it("a device that is reset says goodbye and is heard no more", () => {
    home.leave("bath-button");
    expect(host.frames.at(-1)).toMatchObject({ subsystem: subsystems.zdo, command: 0xc9 });
    home.press("bath-button");
    clock.advance(5000);
    expect(host.of("bath-button")).toHaveLength(0);
  });
});

describe("addresses", () => {
  it("a device that comes back with another address is heard from there, and told so", () => {
    home.rejoin("front-door", 0x7777);
    expect(host.frames.at(-1)).toMatchObject({ subsystem: subsystems.zdo, command: 0xc1 });
    home.door("front-door").open();
    expect(host.of("front-door")[0]?.nwk).toBe(0x7777);
  });
});

describe("the air", () => {
  it("drop: lost frames are not acknowledged, lost alarms are sent again by the button", () => {
    home.faults.radio({ drop: 1 });
    off();
    home.press("bath-button");
    expect(host.confirms).toEqual([0xe9]);
    expect(host.of("bath-button")).toHaveLength(0);
    home.faults.radio(undefined);
    clock.advance(1000);
    expect(host.of("bath-button")).toHaveLength(1);
  });

  it("duplicate: one press, two equal frames", () => {
    home.faults.radio({ duplicate: 1 }, "bath-button");
    home.press("bath-button");
    clock.advance(1);
    const [first, second] = host.of("bath-button");
    expect(second?.sequence).toBe(first?.sequence);
  });

  it("delay: later, within its bounds", () => {
    home.faults.radio({ delay_ms: [100, 200] });
    home.press("bath-button");
    clock.advance(99);
    expect(host.of("bath-button")).toHaveLength(0);
    clock.advance(101);
    expect(host.of("bath-button")).toHaveLength(1);
  });

  it("reorder: a later frame overtakes", () => {
    home.faults.radio({ reorder: 1 }, "front-door");
    home.door("front-door").open();
    home.faults.radio(undefined, "front-door");
    home.door("front-door").close();
    clock.advance(50);
    expect(host.of("front-door").map((frame) => frame.payload[0])).toEqual([0, 1]);
  });

  it("clear: all is well again", async () => {
    home.faults.silent(true);
    home.faults.device("stove-plug", "dead");
    home.faults.radio({ drop: 1 });
    await home.faults.clear();
    off();
    expect(host.confirms).toEqual([0]);
  });

  it("clear: delays are as they were at the beginning, and the mains are back", async () => {
    home = await startVirtualHome({ clock, port: "none", radioDelay_ms: 20 });
    host = new BareHost(home);
    home.trouble.radioDelay_ms = 500;
    home.trouble.replyDelay_ms = 500;
    home.trouble.slow_ms = 1;
    home.power(false);
    await home.faults.clear();
    const { radioDelay_ms, replyDelay_ms, slow_ms } = home.trouble;
    expect({ radioDelay_ms, replyDelay_ms, slow_ms }).toEqual({
      radioDelay_ms: 20,
      replyDelay_ms: 0,
      slow_ms: 5000,
    });
    expect(home.trouble.condition("stove-plug")).toBe("well");
    expect(home.hasPower).toBe(true);
  });
});
