/** A login that was refused, and what the client is told. */

/** Return codes of CONNACK (MQTT 3.1.1, clause 3.2.2.3). */
export const identifierRejected = 2;
export const badCredential = 4;
export const unavailable = 3;
export const notAuthorized = 5;

export class Refused extends Error {
  readonly returnCode: number;

  constructor(why: string, returnCode: number) {
    super(why);
    this.returnCode = returnCode;
  }
}
