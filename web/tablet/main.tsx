/** The resident's tablet. */
import { render } from "preact";
import { useState } from "preact/hooks";
import "../common/base.css";
import "./tablet.css";
import { chosenLanguage, type Language, speak } from "../common/language.ts";
import { Tablet } from "./frame.tsx";
import { PairingPage } from "./pages/pairing.tsx";
import { keptTextSize, setTextSize } from "./text-size.ts";
import { keptCredential, takeCode } from "./wire/credential.ts";
import { wordsIn } from "./words/languages.ts";

function Root({ code }: { readonly code: string | undefined }) {
  const [language, setLanguage] = useState<Language>(chosenLanguage);
  const [isPairing, setPairing] = useState(code !== undefined);
  const credential = keptCredential();
  if (credential !== undefined && !isPairing) {
    return <Tablet credential={credential} language={language} chooseLanguage={setLanguage} />;
  }
  const paired = (): void => setPairing(false);
  return <PairingPage words={wordsIn[language]} phone="112" code={code} paired={paired} />;
}

const root = document.getElementById("tablet");
speak(chosenLanguage());
setTextSize(keptTextSize());
if (root !== null) render(<Root code={takeCode()} />, root);
// Without it the page needs the network to open; where it is refused the tablet works all the same.
void navigator.serviceWorker?.register("/tablet/service-worker.js").catch(() => undefined);
