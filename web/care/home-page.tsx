/** One home: who lives there, its alarms and test alarms, and what may be done about it. */
import { useState } from "preact/hooks";
import type { HomeDetail } from "../../protocol/care-office-views.ts";
import { timeOfDay } from "../common/clock.ts";
import { fill } from "../common/language.ts";
import { whatHappened } from "../common/sentences.ts";
import { useAnswer } from "./answer.ts";
import { useDesk } from "./desk-context.ts";
import { Wrong } from "./field.tsx";
import { Access, Credential, Drill, type Erased, Erasure } from "./home-acts.tsx";
import { Absence, Maintenance, SpanMarks } from "./home-spans.tsx";
import { Living } from "./living-panel.tsx";
import { ResidentForm } from "./resident-form.tsx";
import { hrefOf } from "./route.ts";

function Alarms({ detail }: { readonly detail: HomeDetail }) {
  const { speech, now } = useDesk();
  const { office, common, language } = speech;
  return (
    <section class="panel" aria-label={office.homes.alarms}>
      <h2>{office.homes.alarms}</h2>
      {detail.alarms.length === 0 ? <p>{office.homes.alarmsNone}</p> : null}
      <ul class="plain">
        {detail.alarms.map((record) => (
          <li key={record.alarm}>
            <a href={hrefOf("alarm", record.home, record.alarm)}>
              {timeOfDay(record.raised_wall, now(), language)} {whatHappened(common, record)}
            </a>{" "}
            {record.outcome === null ? "" : common.outcomes[record.outcome]}
          </li>
        ))}
      </ul>
    </section>
  );
}

interface BodyParts {
  readonly home: string;
  readonly detail: HomeDetail;
  readonly again: () => Promise<void>;
  readonly erased: (what: Erased) => void;
}

/** Only what this person may see or do; the office refuses the rest in any case. */
function Panels({ home, detail, again, erased }: BodyParts) {
  const { me } = useDesk();
  const can = (action: string): boolean => me.may.includes(action);
  const parts = { home, again };
  return (
    <div class="panels flow">
      <ResidentForm detail={detail} {...parts} />
      {can("alarms-see") ? <Alarms detail={detail} /> : null}
      {can("living-see") ? <Living home={home} /> : null}
      {can("drill") ? <Drill detail={detail} {...parts} /> : null}
      {can("absence") ? <Absence detail={detail} {...parts} /> : null}
      {can("maintenance") ? <Maintenance detail={detail} {...parts} /> : null}
      {can("credential") ? <Credential detail={detail} {...parts} /> : null}
      {can("access-log-see") ? <Access {...parts} /> : null}
      {can("export") || can("erase") ? <Erasure home={home} erased={erased} /> : null}
    </div>
  );
}

function Body(parts: BodyParts) {
  const { home, detail } = parts;
  const { speech, me, homes } = useDesk();
  const link = homes.get(home)?.link ?? detail.link;
  return (
    <>
      <h1>{detail.resident}</h1>
      <p>
        {home} · <span class={`link ${link}`}>{speech.own.links[link]}</span>{" "}
        <SpanMarks home={detail} />
      </p>
      {me.may.includes("agreement-see") ? (
        <p>
          <a class="button" href={hrefOf("agreement", home)}>
            {speech.office.homes.agreement}
          </a>
        </p>
      ) : null}
      <Panels {...parts} />
    </>
  );
}

/** Nothing of the person stays on the screen. */
function Gone({ rows, remains }: Erased) {
  const words = useDesk().speech.office.homes;
  return (
    <>
      <p>
        <a href={hrefOf("homes")}>{words.back}</a>
      </p>
      <h1>{words.erase}</h1>
      <p role="status">{fill(words.erased, { rows })}</p>
      <Wrong>
        {remains.length === 0 ? "" : fill(words.remains, { files: remains.join(", ") })}
      </Wrong>
    </>
  );
}

export function HomePage({ home }: { readonly home: string }) {
  const words = useDesk().speech.office.homes;
  const { value, why, again } = useAnswer<HomeDetail>(`/api/homes/${encodeURIComponent(home)}`);
  const [erased, setErased] = useState<Erased>();
  if (erased !== undefined) return <Gone {...erased} />;
  return (
    <>
      <p>
        <a href={hrefOf("homes")}>{words.back}</a>
      </p>
      <Wrong>{why}</Wrong>
      {value === undefined ? null : (
        <Body home={home} detail={value} again={again} erased={setErased} />
      )}
    </>
  );
}
