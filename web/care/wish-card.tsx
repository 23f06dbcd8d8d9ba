/** A resident would drop a module, or have it again: the answer, with a sentence. */
import { useState } from "preact/hooks";
import type { WishView } from "../../protocol/care-living-views.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { ActButton } from "./act-button.tsx";
import { useDesk } from "./desk-context.ts";
import { Field } from "./field.tsx";
import { pathOf } from "./home-acts.tsx";

export interface WishParts {
  readonly wish: WishView;
  readonly again: () => Promise<void>;
}

function Answer({ wish, again }: WishParts) {
  const words = useDesk().speech.living.wishes;
  const [note, setNote] = useState("");
  const path = pathOf(wish.home, "wishes");
  const body = (granted: boolean) => ({ ask: wish.ask, granted, note });
  const done = (): void => void again();
  return (
    <>
      <Field label={words.reason} hint={words.reasonHint} value={note} changed={setNote} />
      <div class="row">
        <ActButton label={words.grant} path={path} body={body(true)} done={done} />
        <ActButton
          label={words.refuse}
          path={path}
          body={body(false)}
          disabled={note === ""}
          done={done}
        />
      </div>
    </>
  );
}

/** The wish as a sentence, and how it stands. */
export function WishLine({ wish }: { readonly wish: WishView }) {
  const { speech, now } = useDesk();
  const { living, language } = speech;
  const sentence = wish.on ? living.wishes.again : living.wishes.drop;
  return (
    <>
      {fill(sentence, { name: wish.resident, module: wish.title[language] })}{" "}
      <span class="mark">{living.wishes[wish.state]}</span>{" "}
      <span class="hint">
        {timeOfDay(wish.wall, now(), language)}
        {wish.by === "" ? "" : ` · ${wish.by}`}
        {wish.note === "" ? "" : ` · ${fill(living.services.says, { note: wish.note })}`}
      </span>
    </>
  );
}

export function WishCard(parts: WishParts) {
  const { speech, me } = useDesk();
  return (
    <li class="panel">
      <p>
        <WishLine wish={parts.wish} />
      </p>
      {me.may.includes("module-answer") ? (
        <Answer {...parts} />
      ) : (
        <p class="hint">{speech.living.wishes.onlyLead}</p>
      )}
    </li>
  );
}
