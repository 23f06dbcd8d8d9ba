/** What the office wants of the core, carried out at the home it is about. */
import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { ServerCertificate } from "../platform/tls.ts";
import { arrived } from "./notify/stages.ts";
import { type OfficeFront, type OfficeListener, startOffice } from "./office/front.ts";
import type { OfficeRequest } from "./office/mail.ts";
import { type Common, greetOffice, hearArrivals, readAgain } from "./places.ts";
import type { Answer } from "./requests.ts";
import type { Arrival } from "./store/rows.ts";
import { carryOut, undecided, wishSchema } from "./wishes.ts";

/** Built pages stand beside the built program, whichever form of it runs. */
const pagesDir = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../dist/web" : "../web", import.meta.url),
);

interface Ordered {
  readonly id: string;
  readonly request: OfficeRequest;
}

/** A home of another process: that one is asked. */
function carryOver(common: Common, { id, request }: Ordered, answer: Answer): void {
  const { home } = request;
  const wish = wishSchema.safeParse(request);
  if (common.neighbours === undefined) {
    answer(undecided(`${home} is not looked after by this process; try again`));
  } else if (wish.success) common.neighbours.ask({ id, home, wish: wish.data }, answer);
  else answer({ taken: false, why: `this cannot be asked: ${wish.error.message}` });
}

function order(common: Common, request: OfficeRequest, answer: Answer): void {
  const { home } = request;
  const id = randomUUID();
  if (common.places.has(home)) carryOut(common, { id, home, wish: request }, answer);
  else carryOver(common, { id, request }, answer);
}

/**
 * A message has arrived. A home of another process reads it in the row, but perhaps a moment after
 * the chain has gone on: it is told at once.
 */
function tellArrival(common: Common, { id, home, ...said }: Arrival): void {
  if (common.places.has(home)) hearArrivals(common, [{ id, home, ...said }]);
  else {
    const wish = { kind: "arrival", telling: id, ...said } as const;
    common.neighbours?.tell({ id: randomUUID(), home, wish });
  }
}

/** What the office's thread is served with. */
export function listenerOf(common: Common): OfficeListener {
  const warn = (text: string): void => common.print({ kind: "warning", text });
  return {
    request: (request, answer) => order(common, request, answer),
    tellingStage: ({ stage, ...arrival }) => {
      if (arrived.includes(stage)) tellArrival(common, arrival);
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
