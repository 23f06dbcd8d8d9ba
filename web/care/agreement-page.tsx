/** The agreement of one home: read, changed, tried out, saved as a new version. */

import { useEffect, useState } from "preact/hooks";
import type { AgreementView } from "../../protocol/care-office-views.ts";
import { regions } from "../../protocol/holidays.ts";
import { dative } from "../../protocol/names.ts";
import { ask } from "../common/api.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { useOneAtATime } from "../common/one-at-a-time.ts";
import { AgreementPreview } from "./agreement-preview.tsx";
import { Chains, Steps } from "./agreement-steps.tsx";
import type { Written } from "./agreement-text.ts";
import { useAnswer } from "./answer.ts";
import { useDesk } from "./desk-context.ts";
import { Wrong } from "./field.tsx";
import { Parties } from "./parties.tsx";
import { whyNot } from "./refusal.ts";
import { hrefOf } from "./route.ts";
import { Select } from "./select.tsx";

interface Said {
  readonly wrong: readonly string[];
  readonly done: boolean;
}

const nothing: Said = { wrong: [], done: false };

interface EditorParts {
  readonly home: string;
  readonly view: AgreementView;
  readonly saved: () => Promise<void>;
}

function Editor({ home, view, saved }: EditorParts) {
  const { speech, me } = useDesk();
  const { office } = speech;
  const words = office.agreement;
  const [written, setWritten] = useState(view.agreement as Written);
  const [said, setSaid] = useState<Said>(nothing);
  const { marks, press } = useOneAtATime();
  const may = me.may.includes("agreement-change");
  // A newer version takes the place of what was shown; what is typed was saved or is refused.
  useEffect(() => setWritten(view.agreement as Written), [view.agreement]);
  const set = (part: Partial<Written>): void => {
    setWritten((before) => ({ ...before, ...part }));
    // What was said of the last saving is not true of this.
    setSaid(nothing);
  };
  const save = async (): Promise<void> => {
    const answer = await ask("PUT", `/api/homes/${encodeURIComponent(home)}/agreement`, {
      base: view.version,
      agreement: written,
    });
    const wrong = answer.ok
      ? []
      : [answer.status === 409 ? words.conflict : whyNot(speech, answer), ...answer.faults];
    setSaid({ wrong, done: answer.ok });
    if (answer.ok) await saved();
  };
  const parties = written.parties.map(({ id, name }) => [id, name] as const);
  return (
    <>
      <fieldset class="editor" disabled={!may || marks["aria-disabled"]}>
        <Parties parties={written.parties} changed={(list) => set({ parties: list })} />
        <div class="panel">
          <Select
            label={words.region}
            hint={words.regionHint}
            value={written.region ?? "DE"}
            options={regions.map((region) => [region, office.regions[region]] as const)}
            changed={(region) => set({ region })}
          />
        </div>
        <Chains chains={written.chains} parties={parties} changed={(chains) => set({ chains })} />
        <section class="panel" aria-label={words.fallback}>
          <h2>{words.fallback}</h2>
          <p class="hint">{words.fallbackHint}</p>
          <Steps
            steps={written.fallback}
            parties={parties}
            changed={(fallback) => set({ fallback })}
          />
        </section>
      </fieldset>
      <AgreementPreview home={home} written={written} />
      {said.wrong.map((sentence) => (
        <Wrong key={sentence}>{sentence}</Wrong>
      ))}
      {may ? (
        <p>
          <button type="button" class="first" {...marks} onClick={() => press(save)}>
            {words.save}
          </button>
          {said.done ? <span role="status"> {office.saved}</span> : null}
        </p>
      ) : null}
    </>
  );
}

export function AgreementPage({ home }: { readonly home: string }) {
  const { speech, now, homes } = useDesk();
  const { office, language } = speech;
  const words = office.agreement;
  const resident = homes.get(home)?.resident ?? home;
  const path = `/api/homes/${encodeURIComponent(home)}/agreement`;
  const { value, why, again } = useAnswer<AgreementView>(path);
  return (
    <>
      <p>
        <a href={hrefOf("home", home)}>
          {fill(office.homes.backHome, { resident, whom: dative(resident) })}
        </a>
      </p>
      <h1>
        {words.title}: {resident}
      </h1>
      <Wrong>{why}</Wrong>
      {value === undefined ? null : (
        <>
          <p>{fill(words.version, { version: value.version })}</p>
          <Editor home={home} view={value} saved={again} />
          <ul class="plain">
            {value.versions.map(({ version, by, wall }) => (
              <li key={version}>
                {fill(words.changedBy, {
                  version,
                  by: by ?? words.byFile,
                  time: timeOfDay(wall, now(), language),
                })}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
