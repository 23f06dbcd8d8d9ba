/** "Whom would we call on Sunday at 03:00?" Pure. */
import { type Agreement, personOf, whoIsTold } from "../../protocol/agreement.ts";
import type { PreviewQuestion } from "../../protocol/care-api.ts";
import type { PreviewView } from "../../protocol/care-office-views.ts";
import type { TellingWay } from "../../protocol/care-views.ts";
import type { LocalTime } from "../../protocol/time.ts";

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

/** The same rule that calls people at night, asked by day. */
export function previewOf(agreement: Agreement, asked: PreviewQuestion): PreviewView {
  const { category, weekday, minute, holiday, holiday_before, absent } = asked;
  const local: LocalTime = {
    weekday,
    minute,
    holiday,
    holidayBefore: holiday_before ?? false,
    absent: absent ?? false,
  };
  const { chain, steps } = whoIsTold(agreement, category, local);
  return {
    chain: chain ?? "fallback",
    steps: steps.map(({ step, tell, skipped }) => ({
      within_s: step.within_s,
      tell: tell.map((id) => {
        const party = agreement.parties.find((one) => one.id === id);
        return { ...personOf(agreement, id), ways: waysOf(party?.reach ?? []) };
      }),
      passed_over: skipped.map(({ party }) => personOf(agreement, party)),
    })),
  };
}
