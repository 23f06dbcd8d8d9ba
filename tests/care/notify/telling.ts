/** One message to one helper: Frau Weber has called, and Frau Maier is told by SMS. */
import type { Telling } from "../../../care/notify/way.ts";

export const telling: Telling = {
  id: "e1/sms",
  home: "weber",
  alarm: "a1",
  party: "maier",
  name: "Frau Maier",
  way: "sms",
  address: "+4915112345678",
  resident: "Frau Weber",
  category: "emergency-call",
  level: "alarm",
  reason: "sos-pressed",
  drill: false,
  repeat: false,
  language: "de",
  link: "https://care.example.org/h/token",
};
