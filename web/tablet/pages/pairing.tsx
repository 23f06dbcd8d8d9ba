/** What stands there before an installer has set the tablet up, and after it was locked out. */
import { useEffect, useState } from "preact/hooks";
import { fill } from "../../common/language.ts";
import { BigButton } from "../parts/button.tsx";
import { type Paired, pair } from "../wire/credential.ts";
import type { TabletWords } from "../words/words.ts";

export interface PairingParts {
  readonly words: TabletWords;
  readonly phone: string;
  readonly code: string | undefined;
  readonly paired: () => void;
}

export function PairingPage({ words, phone, code, paired }: PairingParts) {
  const [state, setState] = useState<Paired | "working">("working");
  const { pairing } = words;
  const begin = async (): Promise<void> => {
    if (code === undefined) return;
    setState("working");
    const how = await pair(code);
    setState(how);
    if (how === "paired") paired();
  };
  useEffect(() => void begin(), [code]);
  const told = { ...pairing, paired: pairing.working }[state];
  return (
    <section class="pairing">
      <h1>{code === undefined ? pairing.none : told}</h1>
      {code === undefined ? <p>{pairing.noneHint}</p> : null}
      {state === "unheard" ? (
        <BigButton look="first" press={() => void begin()}>
          {pairing.again}
        </BigButton>
      ) : null}
      <p>{fill(pairing.phone, { phone })}</p>
    </section>
  );
}

/** The home refuses the credential: another tablet was set up in its place. */
export function RefusedPage({ words, phone }: Pick<PairingParts, "words" | "phone">) {
  return (
    <section class="pairing">
      <h1>{words.pairing.refused}</h1>
      <p>{words.pairing.noneHint}</p>
      <p>{fill(words.pairing.phone, { phone })}</p>
    </section>
  );
}
