import { beforeEach, describe, expect, it } from "vitest";
import { ByteReader, ByteWriter } from "../../sim/bytes.ts";
import { type ManualClock, manualClock } from "../../sim/clock.ts";
import { clusters } from "../../sim/devices/model.ts";
import { shared, statuses } from "../../sim/devices/zcl.ts";
import { startVirtualHome, type VirtualHome } from "../../sim/virtual-home.ts";
import { BareHost } from "./bare-host.ts";

let clock: ManualClock;
let home: VirtualHome;
let host: BareHost;

beforeEach(async () => {
  clock = manualClock();
  home = await startVirtualHome({ clock, port: "none" });
  host = new BareHost(home);
});

const read = (name: string, cluster: number, attribute: number): Buffer | undefined => {
  const payload = new ByteWriter().u16(attribute).done();
  host.send(name, cluster, { ofCluster: false, command: shared.read, payload });
  return host.last(name, cluster)?.payload;
};

const defaultResponse = (name: string, sequence: number, cluster: number): void => {
  const payload = Buffer.from([0, statuses.success]);
  const command = shared.defaultResponse;
  host.send(name, cluster, { ofCluster: false, command, sequence, payload });
};

describe("SOS buttons", () => {
  it("send the same frame three times, a second apart, while nobody answers", () => {
    home.press("bath-button");
    clock.advance(10_000);
    const heard = host.of("bath-button");
    expect(heard.map((frame) => frame.homeAt)).toEqual([0, 1000, 2000]);
    expect(new Set(heard.map((frame) => frame.sequence)).size).toBe(1);
  });

  it("fall silent as soon as their frame is answered", () => {
    home.press("neck-button");
    clock.advance(1000);
    expect(host.of("neck-button")).toHaveLength(2);
    defaultResponse("neck-button", host.of("neck-button")[0]?.sequence ?? 0, clusters.panel);
    clock.advance(10_000);
    expect(host.of("neck-button")).toHaveLength(2);
  });

  it("are told apart by their sequence number when pressed twice", () => {
    home.press("bath-button");
    home.press("bath-button");
    expect(new Set(host.of("bath-button").map((frame) => frame.sequence)).size).toBe(2);
  });
});

describe("motion and doors", () => {
  it("motion is told once, and its end a minute after the last step", () => {
    home.walk("kitchen-motion");
    clock.advance(40_000);
    home.walk("kitchen-motion");
    clock.advance(59_999);
    expect(host.of("kitchen-motion")).toHaveLength(1);
    clock.advance(1);
    expect(host.of("kitchen-motion").map((frame) => frame.payload[0])).toEqual([1, 0]);
  });

  it("a door that is open already has nothing to tell", () => {
    home.door("front-door").open();
    home.door("front-door").open();
    home.door("front-door").close();
    expect(host.of("front-door").map((frame) => frame.payload[0])).toEqual([1, 0]);
  });
});

describe("reports", () => {
  it("batteries report by themselves, which is their sign of life", () => {
    clock.advance(3_600_000);
    const reports = host.of("front-door").filter((frame) => frame.command === shared.report);
    expect(reports.map((frame) => frame.cluster)).toEqual([clusters.power, clusters.power]);
  });

  it("power is reported on change, not more often than the minimum, and every maximum", () => {
    home.device("stove-plug").act("on");
    clock.advance(5000);
    const before = host.of("stove-plug").length;
    home.stove.switchOn(1000);
    home.stove.switchOn(1002);
    home.stove.switchOn(1500);
    const powers = () =>
      host
        .of("stove-plug")
        .slice(before)
        .filter((frame) => frame.cluster === clusters.electrical)
        .map((frame) => [frame.homeAt, frame.payload.readInt16LE(3)]);
    expect(powers()).toEqual([[5000, 1000]]);
    clock.advance(1000);
    expect(powers()).toEqual([
      [5000, 1000],
      [6000, 1500],
    ]);
    clock.advance(300_000);
    expect(powers().at(-1)).toEqual([306_000, 1500]);
  });

  it("a configuration can be read back, and 0xffff ends reporting", () => {
    const onOff = clusters.onOff;
    const configure = (max_s: number) => {
      const payload = new ByteWriter().u8(0).u16(0).u8(0x10).u16(2, max_s).done();
      host.send("stove-plug", onOff, {
        ofCluster: false,
        command: shared.configureReporting,
        payload,
      });
    };
    const readBack = () => {
      const payload = new ByteWriter().u8(0).u16(0).done();
      host.send("stove-plug", onOff, { ofCluster: false, command: shared.readReporting, payload });
      return host.last("stove-plug", onOff)?.payload.toString("hex");
    };
    configure(60);
    expect(readBack()).toBe("0000000010" + "02003c00");
    configure(0xffff);
    expect(readBack()).toBe("8b000000");
  });
});

describe("the stove's plug", () => {
  const onOff = clusters.onOff;

  it("goes off by itself after on-with-timed-off, with nobody listening", () => {
    home.stove.switchOn(1800);
    const payload = new ByteWriter().u8(0).u16(600, 0).done();
    host.send("stove-plug", onOff, { command: 0x42, payload });
    expect(home.stove.powerW).toBe(1800);
    clock.advance(59_900);
    expect(home.stove.powerW).toBe(1800);
    clock.advance(100);
    expect(home.stove.powerW).toBe(0);
  });

  it("comes back after a power cut as its start-up setting says", () => {
    const plug = home.device("stove-plug");
    plug.act("on");
    plug.act("power-cycle");
    expect(home.stove.relay.closed).toBe(true);
    const payload = new ByteWriter().u16(0x4003).u8(0x30, 0).done();
    host.send("stove-plug", onOff, { ofCluster: false, command: shared.write, payload });
    expect(read("stove-plug", onOff, 0x4003)?.toString("hex")).toBe("0340" + "003000");
    plug.act("power-cycle");
    expect(home.stove.relay.closed).toBe(false);
  });

  it("counts energy and warms the sensor above the stove", () => {
    home.device("stove-plug").act("on");
    home.stove.switchOn(2000);
    clock.advance(1_800_000);
    const energy = read("stove-plug", clusters.metering, 0x0000);
    expect(energy && new ByteReader(energy.subarray(4)).uint(6)).toBe(100);
    home.power(false);
    clock.advance(1_800_000);
    home.power(true);
    expect(read("stove-plug", clusters.metering, 0x0000)).toEqual(energy);
    clock.advance(1_800_000);
    expect(home.stove.celsius).toBeGreaterThan(60);
    expect(home.device("stove-heat").look()["temperature"]).toBeGreaterThan(60);
    home.stove.switchOff();
    clock.advance(3_600_000);
    expect(home.stove.celsius).toBeLessThan(22);
  });

  it.each([
    ["weld", 1800, 0, statuses.success, 1800],
    ["lie", 1800, 0, statuses.success, 1800],
    ["lie-meter", 1800, 0, statuses.success, 0],
    ["refuse", 1800, 1, statuses.failure, 1800],
    ["none", 0, 0, statuses.success, 0],
  ] as const)("%s: after off %i W flow, it reads %i, answers %i, meters %i W", (...expected) => {
    const [fault, flows, says, answers, meters] = expected;
    home.device("stove-plug").act("on");
    home.stove.switchOn(1800);
    home.stove.fault(fault);
    host.send("stove-plug", onOff, { command: 0x00 });
    const answer = host
      .of("stove-plug")
      .findLast((frame) => frame.command === shared.defaultResponse);
    expect(answer?.payload[1]).toBe(answers);
    expect(home.stove.powerW).toBe(flows);
    expect(read("stove-plug", onOff, 0)?.[4]).toBe(says);
    expect(read("stove-plug", clusters.electrical, 0x050b)?.readInt16LE(4)).toBe(meters);
    expect(home.offCount).toBe(1);
  });

  it("a lie ends with its fault; a weld would not have opened meanwhile", () => {
    home.device("stove-plug").act("on");
    home.stove.switchOn(1800);
    home.stove.fault("lie");
    host.send("stove-plug", onOff, { command: 0x00 });
    home.stove.fault("none");
    expect(home.stove.powerW).toBe(1800);
    host.send("stove-plug", onOff, { command: 0x00 });
    expect(home.stove.powerW).toBe(0);
  });
});

describe("groups", () => {
  it("one message reaches the members and nobody else; broadcast reaches all", () => {
    const group = new ByteWriter().u16(7).u8(0).done();
    for (const name of ["stove-plug", "living-light"]) {
      home.device(name).act("on");
      host.send(name, clusters.groups, { command: 0x00, payload: group });
    }
    const sendTo = (mode: number, address: number) => {
      const zcl = Buffer.from([0x11, 1, 0x00]);
      const to = new ByteWriter()
        .u8(mode)
        .u16(address)
        .bytes(Buffer.alloc(6))
        .u8(0xff)
        .u16(0)
        .u8(1);
      const data = to.u16(clusters.onOff).u8(1, 0, 30).u16(zcl.length).bytes(zcl).done();
      host.request(4, 0x02, data);
    };
    const view = () => {
      host.send("stove-plug", clusters.groups, { command: 0x01, payload: group.subarray(0, 2) });
      return host.last("stove-plug", clusters.groups)?.payload.toString("hex");
    };
    expect(view()).toBe("00" + "0700" + "00");
    sendTo(1, 7);
    expect(home.stove.relay.closed).toBe(false);
    expect(home.device("living-light").look()["on"]).toBe(false);
    host.send("stove-plug", clusters.groups, { command: 0x03, payload: group.subarray(0, 2) });
    expect(view()).toBe("8b" + "0700" + "00");
    home.device("stove-plug").act("on");
    sendTo(1, 7);
    expect(home.stove.relay.closed).toBe(true);
    sendTo(15, 0xffff);
    expect(home.stove.relay.closed).toBe(false);
  });
});

describe("comfort", () => {
  it("a shutter moves in its own time and can be stopped", () => {
    host.send("bedroom-shutter", clusters.covering, { command: 0x01 });
    clock.advance(5000);
    host.send("bedroom-shutter", clusters.covering, { command: 0x02 });
    expect(home.device("bedroom-shutter").look()["closedPercent"]).toBe(25);
    host.send("bedroom-shutter", clusters.covering, { command: 0x05, payload: Buffer.from([80]) });
    clock.advance(11_000);
    expect(read("bedroom-shutter", clusters.covering, 8)?.[4]).toBe(80);
  });

  it("a lamp fades, and goes off at the darkest level", () => {
    const fade = (level: number) => new ByteWriter().u8(level).u16(20).done();
    host.send("living-light", clusters.level, { command: 0x04, payload: fade(100) });
    clock.advance(2000);
    expect(home.device("living-light").look()).toEqual({ on: true, level: 100 });
    host.send("living-light", clusters.level, { command: 0x04, payload: fade(0) });
    clock.advance(2000);
    expect(home.device("living-light").look()).toEqual({ on: false, level: 1 });
    host.send("living-light", clusters.level, { command: 0x04, payload: fade(100) });
    clock.advance(1000);
    host.send("living-light", clusters.onOff, { command: 0x00 });
    clock.advance(2000);
    expect(home.device("living-light").look()).toEqual({ on: false, level: 1 });
  });

  it("a siren sounds as long as it was told, and stops when told", () => {
    const warn = (mode: number) =>
      new ByteWriter()
        .u8(mode << 4)
        .u16(30)
        .u8(0, 0)
        .done();
    const sounding = () => home.device("hall-siren").look()["sounding"];
    host.send("hall-siren", clusters.warning, { command: 0x00, payload: warn(3) });
    clock.advance(29_000);
    expect(sounding()).toBe(true);
    clock.advance(1000);
    expect(sounding()).toBe(false);
    host.send("hall-siren", clusters.warning, { command: 0x00, payload: warn(3) });
    host.send("hall-siren", clusters.warning, { command: 0x00, payload: warn(0) });
    expect(sounding()).toBe(false);
  });
});
