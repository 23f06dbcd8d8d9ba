/**
 * In a namespace of its own, where the folder of the home's data is a card of its own: the card
 * turns read-only between two starts of the gateway. Says what a press is worth then.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { DeskEvent } from "../../../protocol/desk.ts";
import { startRig } from "../../../sim/demo/rig.ts";

const folder = process.argv[2] ?? "";
const card = join(folder, "data");
const say = (word: string, value: unknown): void => {
  process.stdout.write(`${word} ${JSON.stringify(value)}\n`);
};
const patienceMs = 60_000;
const isCall = ({ kind, category }: DeskEvent): boolean =>
  kind === "raised" && category === "emergency-call";

const rig = await startRig({ folder });
try {
  await rig.ready(patienceMs);
  await rig.gateway.kill("SIGTERM");
  execFileSync("mount", ["-o", "remount,ro", card]);
  const gateway = rig.startGateway();
  const tries = setInterval(() => void rig.home.press("bath-button").catch(() => undefined), 500);
  const { alarmId = "" } = await rig.careEvent("the call", isCall, patienceMs);
  clearInterval(tries);
  await rig.careEvent("custody", (it) => it.kind === "custody" && it.alarmId === alarmId);
  say("called", true);
  const isStorage = ({ kind, text }: DeskEvent): boolean =>
    kind === "fault" && text.startsWith("storage");
  say("fault", (await rig.careEvent("the fault", isStorage, patienceMs)).text);
  say("runs", gateway.runs);
  execFileSync("mount", ["-o", "remount,rw", card]);
  const isMended = (it: DeskEvent): boolean => isStorage(it) && it.text.includes("no more");
  say("mended", (await rig.careEvent("the end of the fault", isMended, patienceMs)).text);
} finally {
  await rig.close();
}
