/** One module: what it does, with what, who learns what, and the resident's choice with history. */
import { useState } from "preact/hooks";
import type { ChoiceView, ModuleView } from "../../../protocol/view.ts";
import { fill } from "../../common/language.ts";
import { momentOf } from "../home/times.ts";
import { useAct } from "../parts/act.ts";
import { BigButton } from "../parts/button.tsx";
import { Outcome } from "../parts/outcome.tsx";
import { Page } from "../parts/page.tsx";
import { Sure } from "../parts/sure.tsx";
import { useTablet } from "../tablet-context.ts";

interface Module {
  readonly module: ModuleView;
}

function Devices({ module }: Module) {
  const { words } = useTablet();
  const { roles, noDevices } = words.modules;
  const names = module.devices.map(
    ({ role, room }) => `${roles[role]}, ${words.rooms[room] ?? room}`,
  );
  if (names.length === 0) return <p>{noDevices}</p>;
  return (
    <ul class="rows">
      {[...new Set(names)].map((name) => (
        <li key={name}>{name}</li>
      ))}
    </ul>
  );
}

function Entry({ choice }: { readonly choice: ChoiceView }) {
  const { home, words } = useTablet();
  const { was, by, held, heldElse } = words.modules;
  const wall = home.wallOf(choice.at);
  const now = home.wallNow();
  const isKnown = wall !== undefined && now !== undefined;
  const when = isKnown ? momentOf(wall, now, words) : words.clock.unknown;
  const isPerson = choice.from === "care";
  const isHome = choice.from === "home" && choice.note !== "";
  return (
    <li>
      <strong>{fill(was[choice.on ? "on" : "off"][choice.state], { when })}</strong>
      {isPerson ? <span>{fill(by, { name: choice.by })}</span> : null}
      {isPerson && choice.note !== "" ? <span>{choice.note}</span> : null}
      {isHome ? <span>{held[choice.note] ?? heldElse}</span> : null}
    </li>
  );
}

function History({ module }: Module) {
  const { modules } = useTablet().words;
  if (module.history.length === 0) return <p>{modules.noHistory}</p>;
  return (
    <ul class="rows">
      {module.history.map((choice) => (
        <Entry key={`${choice.at} ${choice.state} ${choice.on}`} choice={choice} />
      ))}
    </ul>
  );
}

/** Adding is one press; dropping is asked first, and says who else is asked. */
function Choice({ module }: Module) {
  const { modules } = useTablet().words;
  const [isAsking, setAsking] = useState(false);
  const [state, begin] = useAct();
  const { name: id, on, asked, droppable, heldBy, needsCare } = module;
  const choose = (wanted: boolean): void =>
    begin({ kind: "module-choice", module: id, on: wanted });
  if (!droppable) return <p class="stays">{modules.always}</p>;
  if (asked !== null || !on) {
    return (
      <>
        {asked === null ? null : <p>{modules.asked}</p>}
        <BigButton look="calm" press={() => choose(true)}>
          {asked === null ? modules.add : modules.keep}
        </BigButton>
        <Outcome state={state} />
      </>
    );
  }
  if (heldBy !== null) return <p>{modules.held[heldBy] ?? modules.heldElse}</p>;
  if (isAsking) {
    return (
      <Sure
        question={modules.dropSure}
        no={modules.dropNo}
        yes={needsCare ? modules.dropAsk : modules.dropYes}
        answered={(isSure) => {
          setAsking(false);
          if (isSure) choose(false);
        }}
      />
    );
  }
  return (
    <>
      {needsCare ? <p>{modules.needsCare}</p> : null}
      <BigButton press={() => setAsking(true)}>{modules.drop}</BigButton>
      <Outcome state={state} />
    </>
  );
}

export function ModulePage({ module, close }: Module & { readonly close: () => void }) {
  const { words, homeLanguage } = useTablet();
  const { modules } = words;
  const { on, sees } = module;
  return (
    <Page title={module.title[homeLanguage]} back={close}>
      <p class="headline" role="status">
        {on ? modules.on : modules.off}
      </p>
      {on && sees !== "all" ? <p class="module-state blind">{modules.sees[sees]}</p> : null}
      <h2>{modules.whatFor}</h2>
      <p>{module.benefit[homeLanguage]}</p>
      <h2>{modules.told}</h2>
      <p>{module.told[homeLanguage]}</p>
      <Choice module={module} />
      <h2>{modules.devices}</h2>
      <Devices module={module} />
      <h2>{modules.history}</h2>
      <History module={module} />
    </Page>
  );
}
