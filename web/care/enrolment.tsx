/** The second factor is set up before anything else can be seen. */
import { useEffect, useState } from "preact/hooks";
import { encode } from "uqr";
import type { Me } from "../../protocol/care-views.ts";
import { type Asked, ask } from "../common/api.ts";
import { fill } from "../common/language.ts";
import { Field, Wrong } from "./field.tsx";
import { whyNot } from "./refusal.ts";
import type { Speech } from "./speech.ts";

export interface EnrolmentParts {
  readonly speech: Speech;
  readonly done: (me: Me) => void;
}

interface Secret {
  readonly uri: string;
  readonly secret: string;
}

/** Drawn in the page: the secret goes to no picture service. */
function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const { data, size } = encode(text);
  const path = data
    .flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`-2 -2 ${size + 4} ${size + 4}`}>
      <title>{label}</title>
      <rect x="-2" y="-2" width={size + 4} height={size + 4} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

export function Enrolment({ speech, done }: EnrolmentParts) {
  const { factor } = speech.own;
  const [secret, setSecret] = useState<Secret>();
  const [code, setCode] = useState("");
  const [refused, setRefused] = useState<Asked<unknown>>();
  useEffect(() => {
    void ask<Secret>("POST", "/api/me/totp", {}).then((answer) => {
      if (answer.ok) setSecret(answer.value);
      else setRefused(answer);
    });
  }, []);
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const given = code.replaceAll(/\s/g, "");
    const answer = await ask<Me>("POST", "/api/me/totp", { code: given });
    if (answer.ok) done(answer.value);
    else setRefused(answer);
  };
  return (
    <main class="door">
      <h1>{factor.title}</h1>
      <p>{factor.hint}</p>
      {secret === undefined ? null : (
        <>
          <QrCode text={secret.uri} label={factor.title} />
          <p class="secret">{fill(factor.secret, { secret: secret.secret })}</p>
        </>
      )}
      <form onSubmit={(event) => void send(event)}>
        <Field
          label={factor.code}
          value={code}
          changed={setCode}
          inputMode="numeric"
          autocomplete="one-time-code"
          required
        />
        <Wrong>{refused === undefined ? "" : whyNot(speech, refused)}</Wrong>
        <button type="submit" class="first">
          {factor.confirm}
        </button>
      </form>
    </main>
  );
}
