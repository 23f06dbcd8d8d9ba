/** The pictures in docs/pictures, and the plays in which they are taken. */
import { deskPlay } from "./desk.ts";
import type { Picture, Play } from "./picture.ts";

export const plays: readonly Play[] = [deskPlay];

export const kept: readonly Picture[] = [
  { name: "desk-alarms", page: "alarms", language: "de", size: "wide" },
  { name: "desk-alarms-phone", page: "alarms", language: "en", size: "narrow" },
  { name: "desk-lost", page: "alarms-lost", language: "en", size: "wide" },
  { name: "desk-alarm", page: "alarm", language: "de", size: "wide", whole: true },
  { name: "desk-homes", page: "homes", language: "de", size: "wide" },
  { name: "desk-agreement", page: "agreement", language: "en", size: "wide", part: ".chain" },
  { name: "desk-statistics", page: "statistics", language: "en", size: "wide", whole: true },
  { name: "helper-asked", page: "helper", language: "de", size: "narrow", whole: true },
  { name: "helper-going", page: "helper-going", language: "en", size: "narrow", whole: true },
  { name: "helper-closed", page: "helper-closed", language: "de", size: "narrow" },
];
