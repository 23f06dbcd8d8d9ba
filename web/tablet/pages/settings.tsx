/** Language, size of the text, and how the tablet sounds. */
import { useState } from "preact/hooks";
import { fill } from "../../common/language.ts";
import { BigButton } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { chime } from "../sound.ts";
import { useTablet } from "../tablet-context.ts";
import { keptTextSize, setTextSize, textSizes } from "../text-size.ts";
import { hasVoice, speakAloud } from "../voice.ts";
import { languages, wordsOf } from "../words/languages.ts";

function TextSizes() {
  const { words } = useTablet();
  const [size, setSize] = useState(keptTextSize);
  return (
    <ul class="choices row">
      {textSizes.map((one) => (
        <li key={one}>
          <BigButton
            pressed={one === size}
            press={() => {
              setTextSize(one);
              setSize(one);
            }}
          >
            {fill(words.settings.percent, { percent: one })}
          </BigButton>
        </li>
      ))}
    </ul>
  );
}

export function SettingsPage() {
  const { words, language, chooseLanguage } = useTablet();
  const { settings } = words;
  return (
    <Page title={words.more.settings} backTo="more">
      <h2>{settings.language}</h2>
      <ul class="choices row">
        {languages.map((one) => (
          <li key={one}>
            <BigButton pressed={one === language} lang={one} press={() => chooseLanguage(one)}>
              {wordsOf(one).name}
            </BigButton>
          </li>
        ))}
      </ul>
      <h2>{settings.textSize}</h2>
      <TextSizes />
      <h2>{settings.voice}</h2>
      {hasVoice(words.locale) ? null : <p>{settings.noVoice}</p>}
      <BigButton
        press={() => {
          chime("calm");
          speakAloud(settings.sample, words.locale);
        }}
      >
        {settings.tryVoice}
      </BigButton>
    </Page>
  );
}
