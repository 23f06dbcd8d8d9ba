/** The pictures in docs/pictures, and the plays in which they are taken. */
import { deskPlay } from "./desk.ts";
import type { Picture, Play } from "./picture.ts";
import { tabletPlay } from "./tablet.ts";

export const plays = { desk: deskPlay, tablet: tabletPlay } satisfies Record<string, Play>;

const tablet = (scene: string, name = scene): Picture => ({
  name: `tablet-${name}`,
  page: `tablet-${scene}`,
  language: "de",
  size: "wide",
});

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
  tablet("home"),
  tablet("call-stored"),
  tablet("call-coming"),
  tablet("home-no-path", "no-path"),
  tablet("stove-warned"),
  tablet("stove-cut"),
  tablet("rooms"),
  tablet("modules"),
  tablet("services"),
  tablet("privacy"),
  { ...tablet("home", "home-display"), size: "display" },
  { ...tablet("call-coming", "call-coming-display"), size: "display" },
  { ...tablet("call-no-path", "call-no-path-display"), size: "display" },
  { ...tablet("stove-warned", "stove-warned-display"), size: "display" },
  { ...tablet("fire", "fire-display"), size: "display", language: "en" },
];
