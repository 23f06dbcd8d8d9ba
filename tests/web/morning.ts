/** A morning at home, as the sensors tell it: up, breakfast, the post, the bath, and the button. */
import type { ContextPoint } from "../../protocol/messages.ts";

const minute = 60_000;

type Said = Pick<ContextPoint, "device" | "room" | "kind" | "value">;

/** What it was, so many minutes ago. */
const ago = (minutes: number, said: Said): ContextPoint => ({
  at_ms: Math.max(0, performance.now() - minutes * minute),
  wall_ms: Date.now() - minutes * minute,
  ...said,
});

const walked = (room: string): Said => ({
  device: `${room}-motion`,
  room,
  kind: "motion-sensed",
  value: true,
});
const door = (value: boolean): Said => ({
  device: "front-door",
  room: "hall",
  kind: "contact-sensed",
  value,
});
const stove = (value: number): Said => ({
  device: "stove-plug",
  room: "kitchen",
  kind: "power-read",
  value,
});

/** Oldest first. */
export const morning = (): ContextPoint[] =>
  [
    ...[300, 296, 290].map((minutes) => ago(minutes, walked("bedroom"))),
    ...[280, 276, 270, 262].map((minutes) => ago(minutes, walked("kitchen"))),
    ago(278, { device: "stove-plug", room: "kitchen", kind: "relay-read", value: true }),
    ago(277, stove(1_800)),
    ago(265, stove(900)),
    ago(258, stove(0)),
    ...[180, 172].map((minutes) => ago(minutes, walked("hall"))),
    ago(179, door(true)),
    ago(175, door(false)),
    ...[120, 95, 60].map((minutes) => ago(minutes, walked("living room"))),
    ago(26, walked("hall")),
    ago(25, walked("bath")),
    ago(1, { device: "bath-button", room: "bath", kind: "button-pressed", value: null }),
  ].sort((a, b) => Number(a.wall_ms) - Number(b.wall_ms));

/** What nobody has words for. */
export const ghost = (): ContextPoint =>
  ago(0.5, { device: "attic-eye", room: "attic", kind: "ghost-sensed", value: "pale" });
