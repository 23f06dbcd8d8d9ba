/**
 * What the care service says on its standard output: one line for each thing, for people or for
 * programs.
 */
import type { DeskEvent } from "../protocol/desk.ts";

/** Lines that are not about one home. */
export type ServiceLine =
  | {
      readonly kind: "ready";
      readonly port: number;
      readonly certificate: string;
      readonly homes: number;
      /** Port of the pages, where there are any. */
      readonly office?: number;
      readonly text: string;
    }
  | { readonly kind: "warning"; readonly text: string }
  | { readonly kind: "connected" | "gone"; readonly home: string; readonly text: string };

export type Print = (line: DeskEvent | ServiceLine) => void;

/** `HH:MM:SS` in the time zone of this machine. */
function clockOf(wallMs: number): string {
  return new Date(wallMs).toTimeString().slice(0, 8);
}

/** Homes and people write these words: nobody may forge a line or speak to the terminal by them. */
const plain = (words: string): string => words.replaceAll(/\p{Cc}+/gu, " ");

function forPeople(line: DeskEvent | ServiceLine, wallMs: number): string {
  const home = "home" in line ? `${line.home}: ` : "";
  return `${clockOf(wallMs)}  ${plain(home + line.text)}\n`;
}

/** Writes to `out`, a line each. */
export function printer(out: (text: string) => void, style: "people" | "json"): Print {
  return (line) => {
    const wallMs = "wall_ms" in line ? line.wall_ms : Date.now();
    out(style === "json" ? `${JSON.stringify(line)}\n` : forPeople(line, wallMs));
  };
}
