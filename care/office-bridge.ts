/** What the office wants of the core, carried out at the home it is about. */
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { ServerCertificate } from "../platform/tls.ts";
import type { DeskRequest } from "../protocol/desk.ts";
import { after, milliseconds } from "../protocol/time.ts";
import { orderDrill } from "./drills.ts";
import { isAbsent } from "./local-time.ts";
import { arrived } from "./notify/stages.ts";
import { type OfficeFront, type OfficeListener, startOffice } from "./office/front.ts";
import type { OfficeAnswer, OfficeRequest } from "./office/mail.ts";
import {
  type Common,
  forgetHome,
  greetOffice,
  hearArrivals,
  type Place,
  readAgain,
} from "./places.ts";

const taken: OfficeAnswer = { taken: true, why: "" };

/** Built pages stand beside the built program, whichever form of it runs. */
const pagesDir = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../dist/web" : "../web", import.meta.url),
);

type Answer = (words: OfficeAnswer) => void;
type AlarmAct = Extract<OfficeRequest, { kind: "alarm" }>;

function forget(common: Common, place: Place, answer: Answer): void {
  const { home } = place.known.plan;
  if (place.home.hasOpenAlarm()) {
    answer({ taken: false, why: `an alarm of ${home} is open; close it first` });
    return;
  }
  forgetHome(common, home).then(
    () => answer(taken),
    (thrown: unknown) => answer({ taken: false, why: String(thrown) }),
  );
}

function maintain(common: Common, place: Place, untilWall: number | null, answer: Answer): void {
  const { clock } = common;
  const left = untilWall === null ? 0 : Math.max(0, untilWall - clock.wall().wall_ms);
  const until = after(clock.now(), milliseconds(left));
  place.home.say({ kind: "maintenance-told", until }, () => answer(taken), {
    maintenance_until_wall: left === 0 ? null : untilWall,
  });
}

/** What a person does with an alarm, as a desk would ask it. */
const askedOf = ({ home, request }: AlarmAct): DeskRequest => ({ id: randomUUID(), home, request });

/** A home of another process: its alarms can be answered from here, its settings cannot. */
function carryOver(common: Common, request: OfficeRequest, answer: Answer): void {
  if (request.kind === "alarm" && common.neighbours !== undefined) {
    common.neighbours.ask(askedOf(request), answer);
    return;
  }
  const why = `${request.home} is not looked after by this process`;
  answer({ taken: false, why: `${why}; try again`, again: true });
}

/**
 * Absence chooses the chain and nothing else: the button and every alarm go on as before. The rules
 * hear at once that it begins, or is ended; that it ends by itself they hear with the hour.
 */
function noteAbsence(common: Common, place: Place, untilWall: number | null, answer: Answer): void {
  const until = isAbsent(untilWall, common.clock.wall().wall_ms) ? untilWall : null;
  place.known = { ...place.known, absentUntil_wall: until };
  place.home.tellAbsence({ absent_until_wall: until }, () => answer(taken));
}

function carryOut(common: Common, request: OfficeRequest, answer: Answer): void {
  const place = common.places.get(request.home);
  if (place === undefined) {
    carryOver(common, request, answer);
    return;
  }
  switch (request.kind) {
    case "alarm":
      place.home.request(askedOf(request), answer);
      return;
    case "maintenance":
      maintain(common, place, request.untilWall, answer);
      return;
    case "absence":
      noteAbsence(common, place, request.untilWall, answer);
      return;
    case "drill":
      orderDrill(common, place, () => answer(taken));
      return;
    case "forget":
      forget(common, place, answer);
      return;
  }
}

function listenerOf(common: Common): OfficeListener {
  const warn = (text: string): void => common.print({ kind: "warning", text });
  return {
    request: (request, answer) => carryOut(common, request, answer),
    // Of a home of another process that one reads it in the row.
    tellingStage: ({ stage, ...arrival }) => {
      if (arrived.includes(stage)) hearArrivals(common, [arrival]);
    },
    homesChanged: (home) => {
      readAgain(common, home).catch((thrown: unknown) => warn(`${home}: ${thrown}`));
    },
    warn,
  };
}

/** Opens the office where the configuration asks for one. Rejects with a sentence. */
export async function openOffice(
  common: Common,
  certificate: Pick<ServerCertificate, "cert" | "key">,
): Promise<OfficeFront | undefined> {
  const { office, database, notify, retention } = common.configuration;
  if (office === null) return undefined;
  const { host, port, publicUrl, tls } = office;
  const front = await startOffice(
    {
      database,
      host,
      port,
      publicUrl,
      tls: tls ? { cert: certificate.cert, key: certificate.key } : null,
      pagesDir,
      notify,
      retention,
    },
    listenerOf(common),
  );
  common.office = front;
  greetOffice(common);
  for (const { home } of common.places.values()) home.show();
  return front;
}
