/** Chains and their steps: whom, in which order, until when. */
import { categories } from "../../protocol/alarm.ts";
import { fill } from "../common/language.ts";
import {
  countOf,
  everyHour,
  movedUp,
  newStep,
  type WrittenChain,
  type WrittenStep,
  withAt,
  withoutAt,
} from "./agreement-text.ts";
import { useDesk } from "./desk-context.ts";
import { Field } from "./field.tsx";
import { HoursFields } from "./hours.tsx";
import { Select } from "./select.tsx";
import { Ticks } from "./ticks.tsx";

type Named = readonly (readonly [string, string])[];

export interface StepsParts {
  readonly steps: readonly WrittenStep[];
  readonly parties: Named;
  readonly changed: (steps: readonly WrittenStep[]) => void;
}

export function Steps({ steps, parties, changed }: StepsParts) {
  const words = useDesk().speech.office.agreement;
  const set = (at: number, part: Partial<WrittenStep>): void => {
    const step = steps[at];
    if (step !== undefined) changed(withAt(steps, at, { ...step, ...part }));
  };
  return (
    <ol class="steps">
      {steps.map((step, at) => (
        <li key={at}>
          <strong>{fill(words.step, { count: at + 1 })}</strong>
          <Ticks
            legend={words.tell}
            options={parties}
            chosen={step.tell}
            changed={(tell) => set(at, { tell })}
          />
          <div class="pair">
            <Field
              label={words.delivered}
              hint={words.deliveredHint}
              inputMode="numeric"
              value={String(step.delivered_within_s)}
              changed={(text) => set(at, { delivered_within_s: countOf(text) })}
            />
            <Field
              label={words.within}
              hint={words.withinHint}
              inputMode="numeric"
              value={String(step.within_s)}
              changed={(text) => set(at, { within_s: countOf(text) })}
            />
          </div>
          <div class="row">
            {at === 0 ? null : (
              <button type="button" onClick={() => changed(movedUp(steps, at))}>
                {words.up}
              </button>
            )}
            <button type="button" onClick={() => changed(withoutAt(steps, at))}>
              {fill(words.remove, { what: fill(words.step, { count: at + 1 }) })}
            </button>
          </div>
        </li>
      ))}
      <li>
        <button type="button" onClick={() => changed([...steps, newStep])}>
          {words.addStep}
        </button>
      </li>
    </ol>
  );
}

interface WhenParts {
  readonly chain: WrittenChain;
  readonly changed: (part: Partial<WrittenChain>) => void;
}

/** Beside the hours: on which kind of day, and whether somebody is there. */
function When({ chain, changed }: WhenParts) {
  const words = useDesk().speech.office.agreement;
  return (
    <div class="pair">
      <Select
        label={words.holidays}
        value={chain.holidays ?? "any"}
        options={[
          ["any", words.holidaysAny],
          ["only", words.holidaysOnly],
          ["never", words.holidaysNever],
        ]}
        changed={(chosen) => changed({ holidays: chosen === "any" ? undefined : chosen })}
      />
      <Select
        label={words.presence}
        value={chain.while ?? "always"}
        options={[
          ["always", words.presenceAlways],
          ["absent", words.presenceAbsent],
          ["present", words.presencePresent],
        ]}
        changed={(chosen) => changed({ while: chosen === "always" ? undefined : chosen })}
      />
    </div>
  );
}

interface ChainParts {
  readonly chain: WrittenChain;
  readonly parties: Named;
  readonly changed: (chain: WrittenChain) => void;
  readonly up: (() => void) | undefined;
  readonly remove: () => void;
}

function Chain({ chain, parties, changed, up, remove }: ChainParts) {
  const { own, office } = useDesk().speech;
  const words = office.agreement;
  const set = (part: Partial<WrittenChain>): void => changed({ ...chain, ...part });
  return (
    <fieldset class="panel stack chain">
      <legend>{fill(words.previewChain, { chain: chain.name })}</legend>
      <Field label={words.chainName} value={chain.name} changed={(name) => set({ name })} />
      <Ticks
        legend={words.chainFor}
        options={categories.map((one) => [one, own.categories[one]] as const)}
        chosen={chain.for}
        changed={(list) => set({ for: list })}
      />
      <HoursFields hours={chain} changed={set} />
      <When chain={chain} changed={set} />
      <Steps steps={chain.steps} parties={parties} changed={(steps) => set({ steps })} />
      <div class="row">
        {up === undefined ? null : (
          <button type="button" onClick={up}>
            {words.up}
          </button>
        )}
        <button type="button" onClick={remove}>
          {fill(words.remove, { what: chain.name })}
        </button>
      </div>
    </fieldset>
  );
}

export interface ChainsParts {
  readonly chains: readonly WrittenChain[];
  readonly parties: Named;
  readonly changed: (chains: readonly WrittenChain[]) => void;
}

export function Chains({ chains, parties, changed }: ChainsParts) {
  const words = useDesk().speech.office.agreement;
  const fresh: WrittenChain = {
    name: "",
    for: ["emergency-call"],
    ...everyHour,
    steps: [newStep],
  };
  return (
    <section class="stack" aria-label={words.chains}>
      <h2>{words.chains}</h2>
      {chains.map((chain, at) => (
        <Chain
          key={at}
          chain={chain}
          parties={parties}
          changed={(next) => changed(withAt(chains, at, next))}
          up={at === 0 ? undefined : () => changed(movedUp(chains, at))}
          remove={() => changed(withoutAt(chains, at))}
        />
      ))}
      <button type="button" onClick={() => changed([...chains, fresh])}>
        {words.addChain}
      </button>
    </section>
  );
}
