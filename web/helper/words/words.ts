/** The sentences of the helper's page, one set for each language. */
export interface HelperWords {
  readonly title: string;
  readonly loading: string;
  readonly offline: string;
  readonly gone: string;
  readonly goneHint: string;
  readonly drill: string;
  readonly question: string;
  readonly going: string;
  readonly cannot: string;
  readonly youAreGoing: string;
  readonly notGoingAfterAll: string;
  readonly youDeclined: string;
  readonly goingAfterAll: string;
  readonly nobodyYet: string;
  /** With `{names}`. */
  readonly othersComing: string;
  /** With `{room}`. */
  readonly inRoom: string;
  readonly address: string;
  readonly map: string;
  readonly keySafe: string;
  readonly notes: string;
  readonly call: string;
  readonly whatHappened: string;
  readonly chooseOutcome: string;
  readonly report: string;
  readonly reportHint: string;
  readonly finish: string;
  readonly finishHint: string;
  readonly missingOutcome: string;
  readonly missingReport: string;
  /** With `{name}`. */
  readonly closedBy: string;
  readonly thanks: string;
  readonly notTaken: string;
  readonly pushOffer: string;
  readonly pushOn: string;
  readonly pushRefused: string;
  readonly emergency: string;
}
