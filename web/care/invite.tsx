/** A new person chooses a password. The link works once. */
import { useState } from "preact/hooks";
import type { Me } from "../../protocol/care-views.ts";
import { ask } from "../common/api.ts";
import { useOneAtATime } from "../common/one-at-a-time.ts";
import { Field, Wrong } from "./field.tsx";
import { whyNot } from "./refusal.ts";
import type { Speech } from "./speech.ts";

export interface InviteParts {
  readonly speech: Speech;
  readonly token: string;
  readonly entered: (me: Me) => void;
}

export function Invite({ speech, token, entered }: InviteParts) {
  const { invite } = speech.own;
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [wrong, setWrong] = useState("");
  const { marks, press } = useOneAtATime();
  const send = async (): Promise<void> => {
    if (password !== again) return setWrong(invite.different);
    const answer = await ask<Me>("POST", "/api/invite", { token, password });
    if (answer.ok) entered(answer.value);
    else setWrong(whyNot(speech, answer));
  };
  return (
    <main class="door">
      <h1>{invite.title}</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          press(send);
        }}
      >
        <Field
          label={invite.password}
          hint={invite.hint}
          type="password"
          value={password}
          changed={setPassword}
          autocomplete="new-password"
          required
        />
        <Field
          label={invite.again}
          type="password"
          value={again}
          changed={setAgain}
          autocomplete="new-password"
          required
        />
        <Wrong>{wrong}</Wrong>
        <button type="submit" class="first" {...marks}>
          {invite.set}
        </button>
      </form>
    </main>
  );
}
