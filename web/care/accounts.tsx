/** Who may come in, and as what. A password is never seen here: people choose it by a link. */

import { useState } from "preact/hooks";
import type { AccountRole } from "../../protocol/care-api.ts";
import type { AccountView } from "../../protocol/care-office-views.ts";
import { dative } from "../../protocol/names.ts";
import { fill } from "../common/language.ts";
import { ActButton } from "./act-button.tsx";
import { useAnswer } from "./answer.ts";
import { useDesk } from "./desk-context.ts";
import { Field, Wrong } from "./field.tsx";
import { Heads } from "./heads.tsx";
import { Select } from "./select.tsx";

/** Helpers need no account here: their agreement tells them, and their link lets them in. */
const offered = [
  "staff",
  "lead",
  "technician",
  "administrator",
] as const satisfies readonly AccountRole[];

interface Changed {
  readonly account: AccountView;
  readonly invite: string | null;
}

interface RowParts {
  readonly account: AccountView;
  readonly changed: (answer: Changed) => void;
}

function Row({ account, changed }: RowParts) {
  const { office } = useDesk().speech;
  const words = office.accounts;
  const path = `/api/accounts/${encodeURIComponent(account.id)}`;
  return (
    <tr>
      <th scope="row">{account.name}</th>
      <td>{office.roles[account.role]}</td>
      <td>{account.groups.join(", ")}</td>
      <td>{account.enrolled ? office.yes : office.no}</td>
      <td>{account.disabled ? words.disabled : ""}</td>
      <td class="row">
        <ActButton<Changed>
          label={words.reset}
          sure
          method="PUT"
          path={path}
          body={{ reset: true }}
          done={changed}
        />
        <ActButton<Changed>
          label={account.disabled ? words.enable : words.disable}
          sure={!account.disabled}
          method="PUT"
          path={path}
          body={{ disabled: !account.disabled }}
          done={changed}
        />
      </td>
    </tr>
  );
}

function NewAccount({ changed }: { readonly changed: (answer: Changed) => void }) {
  const { office } = useDesk().speech;
  const words = office.accounts;
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<(typeof offered)[number]>("staff");
  const [groups, setGroups] = useState("*");
  const list = groups
    .split(",")
    .map((group) => group.trim())
    .filter((group) => group !== "");
  return (
    <section class="panel stack" aria-label={words.new}>
      <h2>{words.new}</h2>
      <Field label={words.name} value={name} changed={setName} />
      <Field label={words.email} type="email" value={email} changed={setEmail} />
      <Select
        label={words.role}
        value={role}
        options={offered.map((one) => [one, office.roles[one]] as const)}
        changed={setRole}
      />
      <Field label={words.groups} hint={words.groupsHint} value={groups} changed={setGroups} />
      <ActButton<Changed>
        label={words.create}
        path="/api/accounts"
        body={{ name, email, role, groups: list }}
        done={changed}
      />
    </section>
  );
}

export function Accounts() {
  const { office } = useDesk().speech;
  const words = office.accounts;
  const { value, why, again } = useAnswer<{ accounts: readonly AccountView[] }>("/api/accounts");
  const [invited, setInvited] = useState<{ whom: string; name: string; link: string }>();
  const changed = ({ account: { name }, invite }: Changed): void => {
    // A link is shown only once: what is done to other accounts must not take it away.
    if (invite !== null) {
      const link = new URL(invite, location.origin).href;
      setInvited({ name, whom: dative(name), link });
    }
    void again();
  };
  return (
    <>
      <h1>{words.title}</h1>
      <Wrong>{why}</Wrong>
      {invited === undefined ? null : (
        <p role="status" class="panel secret">
          {fill(words.invite, invited)}
        </p>
      )}
      <div class="scroll panel">
        <table>
          <thead>
            <tr>
              <Heads names={[words.name, words.role, words.groups, words.factor]} />
              <td />
              <td />
            </tr>
          </thead>
          <tbody>
            {(value?.accounts ?? []).map((account) => (
              <Row key={account.id} account={account} changed={changed} />
            ))}
          </tbody>
        </table>
      </div>
      <NewAccount changed={changed} />
    </>
  );
}
