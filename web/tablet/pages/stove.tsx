/** The stove: how it is, who is near, why it was cut, and how to give it power again. */
import { useState } from "preact/hooks";
import type { StoveView } from "../../../protocol/view.ts";
import { fill } from "../../common/language.ts";
import { spanOf } from "../home/times.ts";
import { useAct } from "../parts/act.ts";
import { BigButton } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { Sure } from "../parts/sure.tsx";
import { useTick } from "../parts/tick.ts";
import { useTablet } from "../tablet-context.ts";

type Stove = { readonly stove: StoveView };

const cutPhases: readonly StoveView["phase"][] = ["cut", "proved-off", "not-off"];
const onPhases: readonly StoveView["phase"][] = ["on", "unattended", "warned"];

function Since({ stove }: Stove) {
  useTick(10_000);
  const { home, words } = useTablet();
  const now = home.instantNow();
  if (now === undefined || stove.phase === "unknown") return null;
  const span = spanOf(now - stove.since, words);
  return <p>{fill(words.stove.since, { span })}</p>;
}

function Presence({ stove }: Stove) {
  const { words } = useTablet();
  if (!onPhases.includes(stove.phase)) return null;
  return <p>{words.stove[stove.presence]}</p>;
}

/** Large, and only while the warning runs: then it counts as somebody being there. */
export function Here({ stove }: Stove) {
  const { words } = useTablet();
  const [state, begin] = useAct();
  const { here, hereFailed, notLocal } = words.stove;
  if (stove.phase !== "warned") return null;
  return (
    <>
      <BigButton look="calm" press={() => begin({ kind: "presence" })}>
        <span class="tile-word">{here}</span>
      </BigButton>
      <p role="status">
        {state.kind === "unanswered" ? hereFailed : null}
        {state.kind === "refused" ? notLocal : null}
        {state.kind === "sending" ? words.wellbeing.sending : null}
      </p>
    </>
  );
}

/** Below this the seconds are counted. */
const countdownMs = 120_000;

/** Time until the cut, by the home's clock. */
export function CutIn({ stove }: Stove) {
  useTick();
  const { home, words } = useTablet();
  const now = home.instantNow();
  if (now === undefined || stove.cutAt === null) return null;
  const left = Math.max(0, stove.cutAt - now);
  const seconds = fill(words.stove.seconds, { count: Math.ceil(left / 1_000) });
  const span = left < countdownMs ? seconds : spanOf(left, words);
  return <p class="cut-in">{fill(words.stove.cutIn, { span })}</p>;
}

/** Two steps, so that nobody gives a stove power by a slip of the hand (invariant 7). */
function Reset() {
  const { words } = useTablet();
  const [isAsking, setAsking] = useState(false);
  const [state, begin] = useAct();
  const { stove } = words;
  if (isAsking) {
    return (
      <Sure
        question={stove.resetSure}
        no={stove.resetNo}
        yes={stove.resetYes}
        answered={(isSure) => {
          setAsking(false);
          if (isSure) begin({ kind: "stove-reset" });
        }}
      />
    );
  }
  return (
    <>
      <BigButton press={() => setAsking(true)}>{stove.reset}</BigButton>
      <p role="status">
        {state.kind === "taken" ? stove.resetSent : null}
        {state.kind === "unanswered" ? stove.resetFailed : null}
        {state.kind === "refused" ? stove.notLocal : null}
      </p>
    </>
  );
}

function AfterCut({ stove }: Stove) {
  const { words } = useTablet();
  const { because } = words;
  if (!cutPhases.includes(stove.phase)) return null;
  const why = stove.cutBecause === null ? undefined : because[stove.cutBecause];
  const refused = because[stove.resetRefusedBecause ?? ""] ?? "";
  return (
    <>
      {why === undefined ? null : <p>{fill(words.stove.cutBecause, { because: why })}</p>}
      {stove.resetAllowed ? (
        <Reset />
      ) : (
        <p>{fill(words.stove.resetRefused, { because: refused })}</p>
      )}
    </>
  );
}

export function StovePage() {
  const { home, words } = useTablet();
  const { stove } = home.parts;
  const { title, none, phases } = words.stove;
  if (stove === null) return <Page title={title}>{none}</Page>;
  if (stove === undefined) {
    return (
      <Page title={title}>
        <p class="headline">{phases.unknown}</p>
      </Page>
    );
  }
  return (
    <Page title={title}>
      <p class={`headline stove-${stove.phase}`} role="status">
        {phases[stove.phase]}
      </p>
      <Since stove={stove} />
      <Presence stove={stove} />
      <CutIn stove={stove} />
      <Here stove={stove} />
      <AfterCut stove={stove} />
    </Page>
  );
}

/** Over everything while the pre-alarm runs. */
export function StoveWarning({ stove }: Stove) {
  const { words } = useTablet();
  return (
    <section class="stove-warning" role="alertdialog" aria-label={words.stove.warning}>
      <p class="headline">{words.stove.warning}</p>
      <CutIn stove={stove} />
      <Here stove={stove} />
    </section>
  );
}
