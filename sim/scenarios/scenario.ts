/** A story: what happens in the home, when, in the words of the prompt. */

export interface Step {
  /** Seconds after the step before. */
  readonly after_s: number;
  /** A command, as at the prompt; nothing where the step only tells. */
  readonly does?: string;
  /** For a person who watches. */
  readonly tells?: string;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly steps: readonly Step[];
}
