/** The short times of the campaign's home, and what breaks when they are not kept. */

export const patience = {
  link: { beat_every_s: 1, silent_after_s: 4, custody_within_s: 3, repeat_every_s: 5 },
  stepWithin_s: 5,
  stove: { absence_min: 0.1, pre_alarm_s: 5 },
  /** What a step may come after its deadline, or after the start of a gateway that was dead. */
  slackMs: 1_500,
} as const;

/** A promise that was broken. */
export class Violation extends Error {}
