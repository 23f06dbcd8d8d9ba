/** "Whom would we call on Sunday at 03:00?" Pure. */
import { type Agreement, chainFor, personOf } from "../../protocol/agreement.ts";
import type { PreviewQuestion } from "../../protocol/care-api.ts";
import type { PreviewView } from "../../protocol/care-office-views.ts";
import type { TellingWay } from "../../protocol/care-views.ts";

const ways: readonly (readonly [string, TellingWay])[] = [
  ["push:", "push"],
  ["mailto:", "mail"],
  ["sms:", "sms"],
  ["tel:", "voice"],
  ["desk:", "desk"],
];

/** The ways of a party, in the order of the agreement. */
export function waysOf(reach: readonly string[]): TellingWay[] {
  return reach.flatMap((address) => {
    const found = ways.find(([scheme]) => address.startsWith(scheme));
    return found === undefined ? [] : [found[1]];
  });
}

export function previewOf(agreement: Agreement, asked: PreviewQuestion): PreviewView {
  const { category, weekday, minute } = asked;
  const steps = chainFor(agreement, category, { weekday, minute });
  const chain = agreement.chains.find((one) => one.steps === steps);
  return {
    chain: chain?.name ?? "fallback",
    steps: steps.map(({ tell, within_s }) => ({
      within_s,
      tell: tell.map((id) => {
        const party = agreement.parties.find((one) => one.id === id);
        return { ...personOf(agreement, id), ways: waysOf(party?.reach ?? []) };
      }),
      passed_over: [],
    })),
  };
}
