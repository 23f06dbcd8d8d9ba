/** What a person is answered who asked for something that cannot be: a status and one sentence. */

export class Refusal extends Error {
  readonly status: number;
  /** One sentence for each fault of what was sent, where there are several. */
  readonly faults: readonly string[];

  constructor(status: number, sentence: string, faults: readonly string[] = []) {
    super(sentence);
    this.status = status;
    this.faults = faults;
  }
}

export const notLoggedIn = (): Refusal => new Refusal(401, "log in first");

/** The same for what is not there and for what is somebody else's: nobody learns which. */
export const notYours = (what: string): Refusal =>
  new Refusal(404, `there is no ${what} among yours`);
