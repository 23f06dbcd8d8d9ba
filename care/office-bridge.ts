/** What the office wants of the core, carried out at the home it is about. */
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { ServerCertificate } from "../platform/tls.ts";
import { arrived } from "./notify/stages.ts";
import { type OfficeFront, type OfficeListener, startOffice } from "./office/front.ts";
import type { OfficeRequest } from "./office/mail.ts";
import {
  type Common,
  forgetHome,
  greetOffice,
  hearArrivals,
  type Place,
  readAgain,
} from "./places.ts";
import type { Answer } from "./requests.ts";
import { carryOut, taken, undecided, wishSchema } from "./wishes.ts";

/** Built pages stand beside the built program, whichever form of it runs. */
const pagesDir = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../dist/web" : "../web", import.meta.url),
);

interface Ordered {
  readonly id: string;
  readonly request: OfficeRequest;
}

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

/** A home of another process: that one is asked. Only to be forgotten it cannot be asked for. */
function carryOver(common: Common, { id, request }: Ordered, answer: Answer): void {
  const { home } = request;
  const wish = wishSchema.safeParse(request);
  if (request.kind === "forget" || common.neighbours === undefined) {
    answer(undecided(`${home} is not looked after by this process; try again`));
  } else if (wish.success) common.neighbours.ask({ id, home, wish: wish.data }, answer);
  else answer({ taken: false, why: `this cannot be asked: ${wish.error.message}` });
}

function order(common: Common, request: OfficeRequest, answer: Answer): void {
  const { home } = request;
  const place = common.places.get(home);
  const id = randomUUID();
  if (place === undefined) carryOver(common, { id, request }, answer);
  else if (request.kind === "forget") forget(common, place, answer);
  else carryOut(common, { id, home, wish: request }, answer);
}

function listenerOf(common: Common): OfficeListener {
  const warn = (text: string): void => common.print({ kind: "warning", text });
  return {
    request: (request, answer) => order(common, request, answer),
    // Of a home of another process that one reads it in the row.
    tellingStage: ({ stage, ...arrival }) => {
      if (arrived.includes(stage)) hearArrivals(common, [arrival]);
    },
    homesChanged: (home) => readAgain(common, home),
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
