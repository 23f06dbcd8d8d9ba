/** Chains and their steps: whom, in which order, until when. */
import { categories } from "../../protocol/alarm.ts";
import { fill } from "../common/language.ts";
import {
  movedUp,
  toggled,
  type WrittenChain,
  type WrittenStep,
  weekdays,
  withAt,
  withoutAt,
} from "./agreement-text.ts";
import { useDesk } from "./desk-context.ts";
import { Field } from "./field.tsx";

type Named = readonly (readonly [string, string])[];

interface TicksParts<Word extends string> {
  readonly legend: string;
  readonly options: readonly (readonly [Word, string])[];
  readonly chosen: readonly Word[];
  readonly changed: (chosen: readonly Word[]) => void;
}

function Ticks<Word extends string>({ legend, options, chosen, changed }: TicksParts<Word>) {
  return (
    <fieldset class="ticks">
      <legend>{legend}</legend>
      {options.map(([word, name]) => (
        <label key={word} class="choice">
          <input
            type="checkbox"
            checked={chosen.includes(word)}
            onChange={() => changed(toggled(chosen, word))}
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}

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
          <Field
            label={words.within}
            inputMode="numeric"
            value={String(step.within_s)}
            changed={(text) => set(at, { within_s: Number(text.replaceAll(/\D/g, "")) })}
          />
          <div class="row">
            {at === 0 ? null : (
              <button type="button" onClick={() => changed(movedUp(steps, at))}>
                {words.up}
              </button>
            )}
            <button type="button" onClick={() => changed(withoutAt(steps, at))}>
              {words.remove}
            </button>
          </div>
        </li>
      ))}
      <li>
        <button type="button" onClick={() => changed([...steps, { tell: [], within_s: 60 }])}>
          {words.addStep}
        </button>
      </li>
    </ol>
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
    <div class="panel stack">
      <Field label={words.chainName} value={chain.name} changed={(name) => set({ name })} />
      <Ticks
        legend={words.chainFor}
        options={categories.map((one) => [one, own.categories[one]] as const)}
        chosen={chain.for}
        changed={(list) => set({ for: list })}
      />
      <Ticks<string>
        legend={words.chainOn}
        options={weekdays.map((day, index) => [day, office.weekdays[index] ?? day] as const)}
        chosen={chain.on}
        changed={(on) => set({ on })}
      />
      <div class="row">
        <Field label={words.chainFrom} value={chain.from} changed={(from) => set({ from })} />
        <Field label={words.chainUntil} value={chain.until} changed={(until) => set({ until })} />
      </div>
      <Steps steps={chain.steps} parties={parties} changed={(steps) => set({ steps })} />
      <div class="row">
        {up === undefined ? null : (
          <button type="button" onClick={up}>
            {words.up}
          </button>
        )}
        <button type="button" onClick={remove}>
          {words.remove}
        </button>
      </div>
    </div>
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
    on: [...weekdays],
    from: "00:00",
    until: "00:00",
    steps: [{ tell: [], within_s: 60 }],
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
