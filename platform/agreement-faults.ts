/** Faults of an agreement that no single setting shows. */
import { covers, dailySignLimits } from "../protocol/agreement.ts";
import { agreementOf, doubles, type Fault, type WrittenAgreement } from "./agreement-file.ts";
import { clockOf, minuteOf, weekdays } from "./agreement-hours.ts";

type Path = readonly PropertyKey[];

/** What is wrong there. */
export type AgreementTrouble =
  /** `before` is the place of the other one in the list. */
  | { readonly kind: "same-party"; readonly before: number }
  | { readonly kind: "no-party"; readonly id: string; readonly known: readonly string[] }
  | { readonly kind: "helper-duty" }
  | {
      readonly kind: "daily-sign";
      readonly at: string;
      readonly earliest: string;
      readonly latest: string;
    }
  | { readonly kind: "unmanned"; readonly weekday: number; readonly time: string };

export interface AgreementFault {
  readonly path: Path;
  readonly trouble: AgreementTrouble;
}

function doubleParties({ parties }: WrittenAgreement): AgreementFault[] {
  return [...doubles(parties.map(({ id }) => id))].map(([at, before]) => {
    return { path: ["parties", at, "id"], trouble: { kind: "same-party", before } };
  });
}

function strangers({ parties, chains, fallback }: WrittenAgreement): AgreementFault[] {
  const known = [...new Set(parties.map(({ id }) => id))];
  const lists: readonly (readonly [Path, WrittenAgreement["fallback"]])[] = [
    ...chains.map(({ steps }, at) => [["chains", at, "steps"], steps] as const),
    [["fallback"], fallback],
  ];
  return lists.flatMap(([path, steps]) =>
    steps.flatMap(({ tell }, at) =>
      tell.flatMap((id, nth): AgreementFault[] => {
        if (known.includes(id)) return [];
        return [{ path: [...path, at, "tell", nth], trouble: { kind: "no-party", id, known } }];
      }),
    ),
  );
}

function helperDuties({ parties }: WrittenAgreement): AgreementFault[] {
  return parties.flatMap(({ kind, duty }, at): AgreementFault[] => {
    if (kind !== "helper" || duty === undefined) return [];
    return [{ path: ["parties", at, "duty"], trouble: { kind: "helper-duty" } }];
  });
}

/** An hour at which nobody would expect a word, or that would call people at night. */
function dailySigns({ daily_sign: at }: WrittenAgreement): AgreementFault[] {
  const { earliest, latest } = dailySignLimits;
  if (at === undefined || (minuteOf(at) >= earliest && minuteOf(at) <= latest)) return [];
  const limits = { earliest: clockOf(earliest), latest: clockOf(latest) };
  return [{ path: ["daily_sign"], trouble: { kind: "daily-sign", at, ...limits } }];
}

/** An hour of the week in which nobody of the fallback is on duty. */
function unmanned(written: WrittenAgreement): AgreementFault[] {
  const { parties, fallback } = agreementOf(written);
  const told = new Set(fallback.flatMap(({ tell }) => tell));
  const duties = parties.filter(({ id }) => told.has(id)).map(({ duty }) => duty);
  if (duties.length < told.size || duties.includes(undefined)) return [];
  const spans = duties.flatMap((duty) => duty ?? []);
  // Duty only changes where a span begins or ends, and at midnight.
  const minutes = [0, ...spans.flatMap((span) => [span.from_minute, span.until_minute])];
  minutes.sort((one, other) => one - other);
  for (const weekday of weekdays.keys()) {
    const free = minutes.find(
      (minute) => !spans.some((span) => covers(span, { weekday: weekday + 1, minute })),
    );
    if (free === undefined) continue;
    return [{ path: ["fallback"], trouble: { kind: "unmanned", weekday, time: clockOf(free) } }];
  }
  return [];
}

export const faultsIn = (written: WrittenAgreement): readonly AgreementFault[] => [
  ...doubleParties(written),
  ...strangers(written),
  ...helperDuties(written),
  ...dailySigns(written),
  ...unmanned(written),
];

/** In the words of the configuration file. */
function wordsOf(trouble: AgreementTrouble): string {
  switch (trouble.kind) {
    case "same-party":
      return `is the same as parties[${trouble.before}].id`;
    case "no-party":
      return `"${trouble.id}" is not a party; parties are ${trouble.known.join(", ")}`;
    case "helper-duty":
      return "is for professionals and services; a helper has a chain for some hours";
    case "daily-sign": {
      const { at, earliest, latest } = trouble;
      return `is ${at}; it lies between ${earliest} and ${latest}`;
    }
    case "unmanned": {
      const when = `on ${weekdays[trouble.weekday]} at ${trouble.time}`;
      return `has nobody on duty ${when}; name a party without duty in it`;
    }
  }
}

/** A sentence for each; `path` is where the agreement stands in the file. */
export function agreementFaults(
  written: WrittenAgreement,
  path: Path,
  fault: Fault,
): readonly string[] {
  return faultsIn(written).map((found) => fault([...path, ...found.path], wordsOf(found.trouble)));
}
