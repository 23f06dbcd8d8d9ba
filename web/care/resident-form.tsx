/** Who lives there. Whoever may not change it reads it; what a role may not know is not sent. */
import { useState } from "preact/hooks";
import type { HomeDetail } from "../../protocol/care-office-views.ts";
import { ask } from "../common/api.ts";
import { useOneAtATime } from "../common/one-at-a-time.ts";
import { useDesk } from "./desk-context.ts";
import { Field, Wrong } from "./field.tsx";
import type { HomeParts } from "./home-acts.tsx";
import { whyNot } from "./refusal.ts";

const keys = ["resident", "address", "phone", "key_safe", "notes", "group"] as const;
type Key = (typeof keys)[number];

/** What people write on several lines; a single one would join them. */
const lines: ReadonlySet<Key> = new Set<Key>(["address", "key_safe", "notes"]);

type Typed = Partial<Readonly<Record<Key, string>>>;

/** What is typed and was not sent in just this form. */
const without = (typed: Typed, sent: Typed): Typed =>
  Object.fromEntries(keys.flatMap((key) => (typed[key] === sent[key] ? [] : [[key, typed[key]]])));

export function ResidentForm({ detail, home, again }: HomeParts & { readonly detail: HomeDetail }) {
  const { speech, me } = useDesk();
  const { office } = speech;
  const words = office.homes;
  const labels: Readonly<Record<Key, string>> = {
    resident: words.resident,
    address: words.address,
    phone: words.phone,
    key_safe: words.keySafe,
    notes: words.notes,
    group: words.group,
  };
  const [changed, setChanged] = useState<Typed>({});
  const [said, setSaid] = useState({ wrong: "", saved: false });
  const { marks, press } = useOneAtATime();
  const textOf = (key: Key): string => changed[key] ?? detail[key] ?? "";
  const change = (key: Key, value: string): void => {
    setChanged((before) => ({ ...before, [key]: value }));
    // What was said of the last saving is not true of this.
    setSaid({ wrong: "", saved: false });
  };
  const send = async (): Promise<void> => {
    // Only what was typed here: the rest may have been changed by others meanwhile.
    const answer = await ask("PUT", `/api/homes/${encodeURIComponent(home)}`, changed);
    const wrong = whyNot(speech, answer);
    await again();
    const saved = wrong === "";
    setSaid({ wrong, saved });
    if (saved) setChanged((now) => without(now, changed));
  };
  if (!me.may.includes("resident-change")) {
    return (
      <section class="panel" aria-label={words.details}>
        <h2>{words.details}</h2>
        <dl>
          {keys
            .filter((key) => (detail[key] ?? "") !== "")
            .map((key) => (
              <div key={key}>
                <dt>{labels[key]}</dt>
                <dd>{detail[key]}</dd>
              </div>
            ))}
        </dl>
      </section>
    );
  }
  return (
    <section class="panel" aria-label={words.details}>
      <h2>{words.details}</h2>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          press(send);
        }}
      >
        {keys.map((key) => (
          <Field
            key={key}
            label={labels[key]}
            {...(lines.has(key) ? { rows: 2 } : {})}
            value={textOf(key)}
            changed={(value) => change(key, value)}
          />
        ))}
        <Wrong>{said.wrong}</Wrong>
        <button type="submit" class="first" {...marks}>
          {office.save}
        </button>
        {/* What was typed meanwhile was not sent, and nobody says so. */}
        {said.saved && Object.keys(changed).length === 0 ? (
          <p role="status">{office.saved}</p>
        ) : null}
      </form>
    </section>
  );
}
