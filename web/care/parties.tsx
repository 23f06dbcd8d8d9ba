/** The parties of an agreement: who they are and how they are reached. */
import { useId } from "preact/hooks";
import { fill } from "../common/language.ts";
import { partyKinds, type WrittenParty, withAt, withoutAt } from "./agreement-text.ts";
import { useDesk } from "./desk-context.ts";
import { Duty } from "./duty.tsx";
import { Field } from "./field.tsx";
import { Select } from "./select.tsx";

export interface PartiesParts {
  readonly parties: readonly WrittenParty[];
  readonly changed: (parties: readonly WrittenParty[]) => void;
}

interface PartyParts {
  readonly party: WrittenParty;
  readonly changed: (party: WrittenParty) => void;
  readonly remove: () => void;
}

function Party({ party, changed, remove }: PartyParts) {
  const words = useDesk().speech.office.agreement;
  const id = useId();
  const set = (part: Partial<WrittenParty>): void => changed({ ...party, ...part });
  return (
    <fieldset class="party">
      <legend>{party.name}</legend>
      <Field label={words.partyName} value={party.name} changed={(name) => set({ name })} />
      <Field label={words.partyId} value={party.id} changed={(id) => set({ id })} />
      <Select
        label={words.partyKind}
        value={party.kind}
        options={partyKinds.map((kind) => [kind, words[kind]] as const)}
        changed={(kind) => set({ kind })}
      />
      <div class="field">
        <label for={id}>{words.partyReach}</label>
        <textarea
          id={id}
          aria-describedby={`${id}-hint`}
          rows={2}
          value={party.reach.join("\n")}
          onChange={({ currentTarget }) =>
            set({ reach: currentTarget.value.split(/\s+/).filter((way) => way !== "") })
          }
        />
        <p class="hint" id={`${id}-hint`}>
          {words.partyReachHint}
        </p>
      </div>
      <Duty party={party} changed={(duty) => set({ duty: duty.length === 0 ? undefined : duty })} />
      <button type="button" class="remove" onClick={remove}>
        {fill(words.remove, { what: party.name })}
      </button>
    </fieldset>
  );
}

export function Parties({ parties, changed }: PartiesParts) {
  const words = useDesk().speech.office.agreement;
  const fresh: WrittenParty = { id: "", name: "", kind: "helper", reach: [] };
  return (
    <section class="panel stack" aria-label={words.parties}>
      <h2>{words.parties}</h2>
      {parties.map((party, at) => (
        <Party
          key={at}
          party={party}
          changed={(next) => changed(withAt(parties, at, next))}
          remove={() => changed(withoutAt(parties, at))}
        />
      ))}
      <button type="button" onClick={() => changed([...parties, fresh])}>
        {words.addParty}
      </button>
    </section>
  );
}
