/** The parties of an agreement: who they are and how they are reached. */
import { partyKinds, type WrittenParty, withAt, withoutAt } from "./agreement-text.ts";
import { useDesk } from "./desk-context.ts";
import { Field } from "./field.tsx";

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
  const set = (part: Partial<WrittenParty>): void => changed({ ...party, ...part });
  return (
    <div class="party">
      <Field label={words.partyName} value={party.name} changed={(name) => set({ name })} />
      <Field label={words.partyId} value={party.id} changed={(id) => set({ id })} />
      <label class="field">
        {words.partyKind}
        <select
          value={party.kind}
          onChange={({ currentTarget }) => {
            const kind = partyKinds.find((one) => one === currentTarget.value);
            if (kind !== undefined) set({ kind });
          }}
        >
          {partyKinds.map((kind) => (
            <option key={kind} value={kind}>
              {words[kind]}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        {words.partyReach}
        <textarea
          rows={2}
          value={party.reach.join("\n")}
          placeholder={words.partyReachHint}
          onChange={({ currentTarget }) =>
            set({ reach: currentTarget.value.split(/\s+/).filter((way) => way !== "") })
          }
        />
      </label>
      <button type="button" onClick={remove}>
        {words.remove}
      </button>
    </div>
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
