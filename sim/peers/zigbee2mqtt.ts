/** Drives zigbee2mqtt, installed in the directory given, against the virtual home; judges it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Aedes } from "aedes";
import { connectAsync, type MqttClient } from "mqtt";
import { startVirtualHome, type VirtualHome } from "../virtual-home.ts";

const base = "zigbee2mqtt";
const limit_ms = 120_000;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function startBroker(): Promise<{ port: number; close: () => void }> {
  const broker = await Aedes.createBroker();
  const server = createServer(broker.handle);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return {
    port,
    close: () => {
      broker.close();
      server.close();
    },
  };
}

function configuration(home: VirtualHome, mqttPort: number): string {
  const { network } = home.plan;
  const bytes = (hex: string): string => JSON.stringify([...Buffer.from(hex, "hex")]);
  const devices = home.plan.devices
    .map((device) => `  '${device.ieee}':\n    friendly_name: ${device.name}`)
    .join("\n");
  return `version: 5
mqtt:
  base_topic: ${base}
  server: mqtt://127.0.0.1:${mqttPort}
serial:
  port: ${home.address}
  adapter: zstack
advanced:
  log_output: [console]
  log_level: info
  pan_id: ${network.panId}
  ext_pan_id: ${bytes(network.extendedPanId)}
  channel: ${network.channel}
  network_key: ${bytes(network.key)}
frontend: {enabled: false}
homeassistant: {enabled: false}
onboarding: false
devices:
${devices}
`;
}

/** Everything the gateway says about the home, by topic below its own. */
class Heard {
  readonly #all: { topic: string; data: Record<string, unknown> }[] = [];

  constructor(client: MqttClient) {
    client.on("message", (topic, payload) => {
      try {
        const data: Record<string, unknown> = JSON.parse(payload.toString());
        this.#all.push({ topic, data });
      } catch {
        // A state in plain text is not what we wait for.
      }
    });
  }

  count(topic: string, fits: (data: Record<string, unknown>) => boolean): number {
    return this.#all.filter((said) => said.topic === `${base}/${topic}` && fits(said.data)).length;
  }

  async until(what: string, fact: () => boolean): Promise<void> {
    const end = performance.now() + limit_ms;
    while (!fact()) {
      if (performance.now() > end) {
        const topics = [...new Set(this.#all.map((said) => said.topic))].join(", ");
        throw new Error(`not seen: ${what}; heard from ${topics}`);
      }
      await sleep(50);
    }
    say(`ok  ${what}`);
  }
}

/** The story: pair, press, open, switch on, meter, switch off. */
async function play(home: VirtualHome, client: MqttClient): Promise<void> {
  const heard = new Heard(client);
  const send = (topic: string, data: object) =>
    client.publishAsync(`${base}/${topic}`, JSON.stringify(data));
  await client.subscribeAsync(`${base}/#`);
  const isOnline = (data: Record<string, unknown>) => data["state"] === "online";
  await heard.until("zigbee2mqtt is online", () => heard.count("bridge/state", isOnline) > 0);

  // It says that it is online before it listens; so it is asked until it has heard.
  const asking = setInterval(() => void send("bridge/request/permit_join", { time: 254 }), 1000);
  await heard.until("joining is permitted", () => home.stick.permitsJoin);
  clearInterval(asking);
  for (const name of home.devices.keys()) home.join(name);
  const interviewed = () =>
    heard.count("bridge/event", ({ type, data }) => {
      const about = typeof data === "object" && data !== null ? JSON.stringify(data) : "";
      return (
        type === "device_interview" &&
        about.includes('"status":"successful"') &&
        about.includes('"supported":true')
      );
    });
  await heard.until(
    `all ${home.devices.size} devices are interviewed and supported`,
    () => interviewed() >= home.devices.size,
  );

  home.press("bath-button");
  const isSingle = (data: Record<string, unknown>) => data["action"] === "single";
  await heard.until("the bath button is pressed", () => heard.count("bath-button", isSingle) > 0);
  home.press("neck-button");
  const isEmergency = (data: Record<string, unknown>) => data["action"] === "emergency";
  await heard.until("the neck button calls", () => heard.count("neck-button", isEmergency) > 0);
  home.door("front-door").open();
  const isOpen = (data: Record<string, unknown>) => data["contact"] === false;
  await heard.until("the front door is open", () => heard.count("front-door", isOpen) > 0);

  home.stove.switchOn(1800);
  await send("stove-plug/set", { state: "ON" });
  await heard.until("the stove draws power", () => home.stove.powerW === 1800);
  const meters = (data: Record<string, unknown>) => data["power"] === 1800;
  await heard.until("and its meter says so", () => heard.count("stove-plug", meters) > 0);
  await send("stove-plug/set", { state: "OFF" });
  await heard.until("the stove is off", () => home.stove.powerW === 0 && home.offCount > 0);
  await send("bedroom-shutter/set", { position: 70 });
  const shutter = home.device("bedroom-shutter");
  await heard.until("the shutter moves", () => Number(shutter.look()["closedPercent"]) > 0);
}

function startPeer(place: string, home: VirtualHome, mqttPort: number): ChildProcess {
  const data = join(place, "data");
  mkdirSync(data);
  writeFileSync(join(data, "configuration.yaml"), configuration(home, mqttPort));
  return spawn(process.execPath, ["node_modules/zigbee2mqtt/index.js"], {
    cwd: place,
    env: { ...process.env, ZIGBEE2MQTT_DATA: data },
    stdio: [
      "ignore",
      process.env["OBHUT_PEER_LOG"] === undefined ? "ignore" : "inherit",
      "inherit",
    ],
  });
}

async function main(place: string): Promise<void> {
  const broker = await startBroker();
  const home = await startVirtualHome({ start: "fresh" });
  const client = await connectAsync(`mqtt://127.0.0.1:${broker.port}`);
  const peer = startPeer(place, home, broker.port);
  try {
    await play(home, client);
    say("zigbee2mqtt and the virtual home understand each other");
  } finally {
    peer.kill("SIGTERM");
    if (peer.exitCode === null) await once(peer, "exit");
    await client.endAsync(true);
    await home.close();
    broker.close();
  }
}

const [place] = process.argv.slice(2);
if (place === undefined) {
  process.stderr.write("usage: zigbee2mqtt.ts DIRECTORY (with zigbee2mqtt installed in it)\n");
  process.exit(64);
}
main(place).catch((error: unknown) => {
  process.stderr.write(`failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
