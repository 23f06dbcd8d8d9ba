/** Every error the command line can end with: code, sentence, and what to do. */

/** sysexits.h: EX_USAGE. The command line itself was wrong. */
export const exitUsage = 64;
/** sysexits.h: EX_DATAERR. A file was read and is not what it should be. */
export const exitData = 65;
/** sysexits.h: EX_SOFTWARE. A fault of the program; systemd starts it again. */
export const exitSoftware = 70;
/** sysexits.h: EX_TEMPFAIL. Another gateway of this home runs; once it has ended, start again. */
export const exitBusy = 75;
/** sysexits.h: EX_CONFIG. The configuration is wrong; starting again does not help. */
export const exitConfig = 78;

/** A fault that a person can mend. `message` says what, where, and what to do. */
export class OperatorError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.name = "OperatorError";
    this.exitCode = exitCode;
  }
}
