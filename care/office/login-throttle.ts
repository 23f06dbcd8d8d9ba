/**
 * How often a login may fail. Pure. A stranger's guesses slow strangers, never the person: a
 * browser that has logged in before carries a device cookie and is counted by itself (OWASP,
 * "device cookies").
 */

/** Failures that cost nothing: fingers slip. */
const free = 5;
/** At one address there may be a whole ward. */
const freeAtAddress = 20;

const firstWaitMs = 2_000;
const longestWaitMs = 15 * 60_000;

/** Failures are forgotten after so long without one. */
export const forgottenAfterMs = 24 * 3_600_000;

export interface Attempt {
  readonly name: string;
  readonly address: string;
  /** The account whose valid device cookie came along. */
  readonly device: string | undefined;
}

/** One network of IPv6 is one customer; his addresses are not counted one by one. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:/, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = plain.split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail?.split(":").filter(Boolean) ?? [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** The counters that an attempt is held against. */
export function keysOf({ name, address, device }: Attempt): readonly string[] {
  if (device !== undefined) return [`device ${device}`];
  return [`account ${name.toLowerCase()}`, `address ${networkOf(address)}`];
}

/** How long the next attempt waits after so many failures in a row. */
export function waitMs(key: string, failures: number): number {
  const over = failures - (key.startsWith("address ") ? freeAtAddress : free);
  return over < 0 ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(over, 20));
}
