/** Whom the chain has told, by which way, and how far that came. */
import type { TellingView } from "../../protocol/care-views.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { useDesk } from "./desk-context.ts";
import { Heads } from "./heads.tsx";
import { translated } from "./refusal.ts";

/** When the present stage was reached. */
function reachedAt(telling: TellingView): number {
  const { answered_wall, seen_wall, delivered_wall, sent_wall, created_wall } = telling;
  return answered_wall ?? seen_wall ?? delivered_wall ?? sent_wall ?? created_wall;
}

export function Tellings({ tellings }: { readonly tellings: readonly TellingView[] }) {
  const { speech, now } = useDesk();
  const { own, language } = speech;
  return (
    <section class="panel wide" aria-label={own.alarm.told}>
      <h2>{own.alarm.told}</h2>
      {tellings.length === 0 ? (
        <p>{own.alarm.toldNobody}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must scroll what scrolls.
        <div class="scroll" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <Heads
                  names={[
                    own.alarm.step,
                    own.alarm.who,
                    own.alarm.state,
                    own.alarm.how,
                    own.alarm.when,
                  ]}
                />
              </tr>
            </thead>
            <tbody>
              {tellings.map((telling) => (
                <tr key={telling.id}>
                  <td>
                    {telling.step + 1}
                    {telling.round > 0
                      ? ` (${fill(own.alarms.round, { count: telling.round + 1 })})`
                      : ""}
                  </td>
                  <td>{telling.name}</td>
                  <td class={`stage ${telling.stage}`}>
                    {own.stages[telling.stage]} {timeOfDay(reachedAt(telling), now(), language)}
                    {telling.error === null
                      ? ""
                      : ` (${translated(speech.service, telling.error)})`}
                  </td>
                  <td>{own.ways[telling.way]}</td>
                  <td>{timeOfDay(telling.created_wall, now(), language)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
