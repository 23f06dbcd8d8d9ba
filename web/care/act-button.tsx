/** A button that asks the office to do something, and says what came of it. */
import { useState } from "preact/hooks";
import { type Asked, ask } from "../common/api.ts";
import { fill } from "../common/language.ts";
import { useDesk } from "./desk-context.ts";
import { Wrong } from "./field.tsx";

export interface ActButtonParts<Answer> {
  readonly label: string;
  readonly method?: "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  readonly disabled?: boolean;
  readonly done: (answer: Answer) => void;
}

/** Why an act was not taken; empty where it was. Some answers say it themselves. */
export function whyNot(answer: Asked<unknown>): string {
  if (!answer.ok) return [answer.why, ...answer.faults].join(" ");
  const value = answer.value;
  const told = typeof value === "object" && value !== null && "taken" in value ? value : undefined;
  return told !== undefined && told.taken === false && "why" in told ? String(told.why) : "";
}

export function ActButton<Answer>(parts: ActButtonParts<Answer>) {
  const { failed } = useDesk().speech.office;
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const act = async (): Promise<void> => {
    setBusy(true);
    const answer = await ask<Answer>(parts.method ?? "POST", parts.path, parts.body ?? {});
    const why = whyNot(answer);
    setWrong(why === "" ? "" : fill(failed, { why }));
    setBusy(false);
    if (answer.ok && why === "") parts.done(answer.value);
  };
  return (
    <>
      <button type="button" disabled={busy || parts.disabled === true} onClick={() => void act()}>
        {parts.label}
      </button>
      <Wrong>{wrong}</Wrong>
    </>
  );
}
