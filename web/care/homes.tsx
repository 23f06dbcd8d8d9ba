/** All homes with their proof of life; whoever is silent or has an open alarm stands first. */
import { useEffect, useState } from "preact/hooks";
import type { HomeSummaryView } from "../../protocol/care-office-views.ts";
import { useAnswer } from "./answer.ts";
import { useDesk } from "./desk-context.ts";
import { Field, Wrong } from "./field.tsx";
import { Heads } from "./heads.tsx";
import { SpanMarks } from "./home-spans.tsx";
import { hrefOf } from "./route.ts";

/** More rows help nobody: the search narrows them, and the urgent stand first. */
const shownMax = 200;

const urgency = ({ open, link, faults }: HomeSummaryView): number =>
  (open > 0 ? 4 : 0) + (link === "lost" ? 2 : link === "late" ? 1 : 0) + (faults > 0 ? 0.5 : 0);

function Row({ home }: { readonly home: HomeSummaryView }) {
  const { own } = useDesk().speech;
  const calm = home.link === "reachable" && home.open === 0 && home.faults === 0;
  return (
    <tr class={calm ? "" : "busy"}>
      <th scope="row">
        <a href={hrefOf("home", home.home)}>{home.resident}</a> <SpanMarks home={home} />
      </th>
      <td class={`link ${home.link}`}>{own.links[home.link]}</td>
      <td class={home.open > 0 ? "nobody" : ""}>{home.open}</td>
      <td>{home.faults}</td>
      <td>{home.home}</td>
      <td>{home.group}</td>
    </tr>
  );
}

export function Homes() {
  const { speech, homes: live } = useDesk();
  const words = speech.office.homes;
  const { value, why, again } = useAnswer<{ homes: readonly HomeSummaryView[] }>("/api/homes");
  const [wanted, setWanted] = useState("");
  const all = new Map((value?.homes ?? []).map((home) => [home.home, home]));
  const strange = value === undefined ? [] : [...live.keys()].filter((name) => !all.has(name));
  const names = strange.join(" ");
  // A home that the list does not have was erased, or is newer than the list: that is asked anew.
  useEffect(() => {
    if (names !== "") void again();
  }, [names, again]);
  for (const [name, home] of live) if (value === undefined || all.has(name)) all.set(name, home);
  const search = wanted.toLowerCase();
  const found = [...all.values()]
    .filter(({ home, resident, group }) =>
      `${home} ${resident} ${group}`.toLowerCase().includes(search),
    )
    .sort((a, b) => urgency(b) - urgency(a) || a.resident.localeCompare(b.resident));
  return (
    <>
      <h1>{words.title}</h1>
      <Field label={words.find} value={wanted} changed={setWanted} />
      <Wrong>{why}</Wrong>
      {value === undefined || found.length > 0 ? null : <p>{words.none}</p>}
      {found.length === 0 ? null : (
        <div class="scroll panel">
          {found.length > shownMax ? <p>{words.more}</p> : null}
          <table>
            <thead>
              <tr>
                <Heads
                  names={[
                    words.resident,
                    words.link,
                    words.open,
                    words.faults,
                    words.home,
                    words.group,
                  ]}
                />
              </tr>
            </thead>
            <tbody>
              {found.slice(0, shownMax).map((home) => (
                <Row key={home.home} home={home} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
