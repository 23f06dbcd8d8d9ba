/** The resident's tablet. */
import { render } from "preact";
import { useState } from "preact/hooks";
import "../common/base.css";
import "./tablet.css";
import { chosenOf, fill, speak } from "../common/language.ts";
import { Tablet } from "./frame.tsx";
import { keptPhone } from "./home/store.ts";
import { PairingPage } from "./pages/pairing.tsx";
import { Boundary } from "./parts/boundary.tsx";
import { keptTextSize, setTextSize } from "./text-size.ts";
import { findVoices } from "./voice.ts";
import { keptCredential, takeCode } from "./wire/credential.ts";
import { languages, wordsOf } from "./words/languages.ts";

/** From a failure to the new start: long enough to read the number. */
const againMs = 10_000;

/** German where neither a choice nor the browser says another one. */
const chosenLanguage = (): string => chosenOf(languages) ?? "de";

function Root({ code }: { readonly code: string | undefined }) {
  const [language, setLanguage] = useState(chosenLanguage);
  const [isPairing, setPairing] = useState(code !== undefined);
  const credential = keptCredential();
  if (credential !== undefined && !isPairing) {
    const { frame, pairing } = wordsOf(language);
    return (
      <Boundary
        failed={() => setTimeout(() => location.reload(), againMs)}
        instead={
          <section class="pairing">
            <h1>{frame.broken}</h1>
            <p>{frame.restarts}</p>
            <p>{fill(pairing.phone, { phone: keptPhone() })}</p>
          </section>
        }
      >
        <Tablet credential={credential} language={language} chooseLanguage={setLanguage} />
      </Boundary>
    );
  }
  const paired = (): void => setPairing(false);
  return <PairingPage words={wordsOf(language)} phone={keptPhone()} code={code} paired={paired} />;
}

const root = document.getElementById("tablet");
speak(chosenLanguage());
setTextSize(keptTextSize());
findVoices();
// A long touch is a press: a menu that the browser opens under the finger would take it away.
window.addEventListener("contextmenu", (event) => event.preventDefault());
if (root !== null) render(<Root code={takeCode()} />, root);
// Without it the page needs the network to open; where it is refused the tablet works all the same.
void navigator.serviceWorker?.register("/tablet/service-worker.js").catch(() => undefined);
