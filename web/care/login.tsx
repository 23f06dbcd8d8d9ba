/** Name, password, and the code of the second factor once there is one. */
import { useState } from "preact/hooks";
import type { Me } from "../../protocol/care-views.ts";
import { ask } from "../common/api.ts";
import { useOneAtATime } from "../common/one-at-a-time.ts";
import { Field, Wrong } from "./field.tsx";
import { whyNot } from "./refusal.ts";
import type { Speech } from "./speech.ts";

export interface LoginParts {
  readonly speech: Speech;
  readonly entered: (me: Me) => void;
  /** Who has a password and still owes the code. */
  readonly name?: string;
}

export function Login({ speech, entered, name: known = "" }: LoginParts) {
  const { login } = speech.own;
  const [name, setName] = useState(known);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState("");
  const { marks, press } = useOneAtATime();
  const enter = async (): Promise<void> => {
    const given = code.replaceAll(/\s/g, "");
    const answer = await ask<Me>("POST", "/api/login", {
      name,
      password,
      ...(given === "" ? {} : { code: given }),
    });
    if (answer.ok) entered(answer.value);
    else setWrong(answer.status === 401 ? login.wrong : whyNot(speech, answer));
  };
  return (
    <main class="door">
      <h1>{login.title}</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          press(enter);
        }}
      >
        <Field label={login.name} value={name} changed={setName} autocomplete="username" required />
        <Field
          label={login.password}
          type="password"
          value={password}
          changed={setPassword}
          autocomplete="current-password"
          required
        />
        <Field
          label={login.code}
          hint={login.codeHint}
          value={code}
          changed={setCode}
          inputMode="numeric"
          autocomplete="one-time-code"
        />
        <Wrong>{wrong}</Wrong>
        <button type="submit" class="first" {...marks}>
          {login.enter}
        </button>
      </form>
    </main>
  );
}
