/** What may be done about one home, each in a panel of its own. */
import { useState } from "preact/hooks";
import type { Outcome } from "../../protocol/alarm.ts";
import type { HomeDetail } from "../../protocol/care-office-views.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill, wordOf } from "../common/language.ts";
import type { CommonWords } from "../common/words/words.ts";
import { ActButton } from "./act-button.tsx";
import { useAnswer } from "./answer.ts";
import { useDesk } from "./desk-context.ts";
import { Field, Wrong } from "./field.tsx";
import { translated } from "./refusal.ts";
import { hrefOf } from "./route.ts";

export interface HomeParts {
  readonly home: string;
  readonly again: () => Promise<void>;
}

export type DetailParts = HomeParts & { readonly detail: HomeDetail };

export const pathOf = (home: string, verb: string): string =>
  `/api/homes/${encodeURIComponent(home)}/${verb}`;

/** The report in one line; the alarm's own page has the time of each message. */
function reportOf(report: unknown, words: CommonWords): string {
  const { accepted, outcome, closedBy } = report as {
    readonly accepted?: readonly string[];
    readonly outcome?: Outcome;
    readonly closedBy?: string;
  };
  const ended = outcome === undefined ? "" : words.outcomes[outcome];
  return [(accepted ?? []).join(", "), ended, closedBy ?? ""].filter(Boolean).join(" · ");
}

export function Drill({ detail, home, again }: DetailParts) {
  const { speech, now } = useDesk();
  const words = speech.office.homes;
  const [started, setStarted] = useState(false);
  const time = (wall: number): string => timeOfDay(wall, now(), speech.language);
  return (
    <section class="panel" aria-label={words.drills}>
      <h2>{words.drills}</h2>
      <p class="hint">{words.drillHint}</p>
      <ActButton
        label={words.drillNow}
        sure
        path={pathOf(home, "drill")}
        done={() => {
          setStarted(true);
          void again();
        }}
      />
      {started ? <p role="status">{words.drillStarted}</p> : null}
      {detail.drill_due_wall === null ? null : (
        <p>{fill(words.drillDue, { time: time(detail.drill_due_wall) })}</p>
      )}
      {detail.drills.length === 0 ? <p>{words.drillsNone}</p> : null}
      <ul class="plain">
        {detail.drills.map(({ id, wall, report }) => (
          <li key={id}>
            <a href={hrefOf("alarm", home, id)}>{time(wall)}</a> {reportOf(report, speech.common)}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Credential({ detail, home, again }: DetailParts) {
  const words = useDesk().speech.office.homes;
  const [secret, setSecret] = useState("");
  const states = {
    none: words.credentialNone,
    issued: words.credentialIssued,
    revoked: words.credentialRevoked,
  };
  const path = pathOf(home, "credential");
  return (
    <section class="panel" aria-label={words.credential}>
      <h2>{words.credential}</h2>
      <p>{states[detail.credential]}</p>
      <p class="hint">{words.credentialHint}</p>
      <ActButton<{ secret: string }>
        label={words.credentialNew}
        sure={detail.credential === "issued"}
        path={path}
        done={(answer) => {
          setSecret(answer.secret);
          void again();
        }}
      />
      {secret === "" ? null : (
        <p role="status">
          {words.credentialOnce} <code>{secret}</code>
        </p>
      )}
      <ActButton
        label={words.credentialRevoke}
        sure
        method="DELETE"
        path={path}
        done={() => void again()}
      />
    </section>
  );
}

interface Look {
  readonly n: number;
  readonly wall: number;
  readonly name: string;
  readonly role: string;
  readonly what: string;
}

export function Access({ home }: HomeParts) {
  const { speech, now } = useDesk();
  const words = speech.office.homes;
  const [wanted, setWanted] = useState(false);
  const path = wanted ? pathOf(home, "access-log") : undefined;
  const { value, why } = useAnswer<{ looks: readonly Look[] }>(path);
  return (
    <section class="panel wide" aria-label={words.access}>
      <h2>{words.access}</h2>
      {wanted ? null : (
        <button type="button" onClick={() => setWanted(true)}>
          {words.accessShow}
        </button>
      )}
      <Wrong>{why}</Wrong>
      <ol class="plain">
        {(value?.looks ?? []).map(({ n, wall, name, role, what }) => (
          <li key={n}>
            {timeOfDay(wall, now(), speech.language)} {name} (
            {wordOf(speech.office.roles, role) ?? role}): {translated(speech.service, what)}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** What was erased, and where something was found all the same. */
export interface Erased {
  readonly rows: number;
  readonly remains: readonly string[];
}

export interface ErasureParts {
  readonly home: string;
  readonly erased: (what: Erased) => void;
}

export function Erasure({ home, erased }: ErasureParts) {
  const { speech, me } = useDesk();
  const words = speech.office.homes;
  const [confirm, setConfirm] = useState("");
  return (
    <section class="panel wide" aria-label={words.erase}>
      {me.may.includes("export") ? (
        <p>
          <a class="button" href={pathOf(home, "export")} download={`${home}.json`}>
            {words.export}
          </a>
        </p>
      ) : null}
      {me.may.includes("erase") ? (
        <details>
          <summary>{words.erase}</summary>
          <p>{words.eraseHint}</p>
          <Field label={fill(words.eraseType, { home })} value={confirm} changed={setConfirm} />
          <ActButton<Erased>
            label={words.eraseDo}
            path={pathOf(home, "erase")}
            body={{ confirm }}
            disabled={confirm !== home}
            done={erased}
          />
        </details>
      ) : null}
    </section>
  );
}
