/**
 * Connections that nobody has spoken with yet, and in which order they are let in: a few in each
 * turn of the loop, so that what is connected already is heard between them, and each remote
 * address in its turn. Where there are too many, one of the address that sends the most gives way,
 * by lot: whoever comes there with a right credential has the same chance as the others, and comes
 * again. Pure; time is an argument.
 */

/** A connection that waits. */
export interface Guest {
  /** No two connections have the same. */
  readonly name: string;
  readonly destroyed: boolean;
  destroy(): unknown;
}

export interface EntranceLimits {
  /** Connections that wait: all together, and from one remote address. */
  readonly waiting: number;
  readonly waitingPerRemote: number;
  /**
   * Longest wait: who waited longer will give up before the answer, and must not cost a handshake.
   */
  readonly waitMs: number;
  /** Let in together; then the loop has a turn. */
  readonly entersPerTurn: number;
  /**
   * Most handshakes and logins under way at once; fewer while they take long, so that each of them
   * ends in time. One that takes longer than `underwayMs` is not counted any more: silence holds no
   * place.
   */
  readonly underway: number;
  readonly underwayMs: number;
}

/** However slow everybody is, so many are let in. */
const underwayMin = 32;
/** A login that took longer, or less, in parts of `underwayMs`. */
const isSlow = 0.5;
const isQuick = 0.25;

interface Waiting<Visitor> {
  readonly visitor: Visitor;
  readonly since: number;
}

export class Entrance<Visitor extends Guest> {
  private readonly limits: EntranceLimits;
  private readonly chance: () => number;
  /** In the order of their turns. */
  private readonly lines = new Map<string, Waiting<Visitor>[]>();
  /** Since when somebody who was let in is on the way to a login, by a name of the connection. */
  private readonly underway = new Map<string, number>();
  private room: number;
  private count = 0;

  constructor(limits: EntranceLimits, chance: () => number = Math.random) {
    this.limits = limits;
    this.room = limits.underway;
    this.chance = chance;
  }

  get size(): number {
    return this.count;
  }

  /** Somebody came; true when one of the line had to go for it. */
  come(remote: string, visitor: Visitor, now: number): boolean {
    const line = this.lines.get(remote) ?? [];
    this.lines.set(remote, line);
    line.push({ visitor, since: now });
    this.count += 1;
    const { waiting, waitingPerRemote } = this.limits;
    if (line.length > waitingPerRemote) this.dropOne(line);
    else if (this.count > waiting) this.dropOne(this.longest() ?? line);
    else return false;
    return true;
  }

  /** Who is let in now. Who waited too long is sent away. */
  next(now: number): Visitor[] {
    const { entersPerTurn, underwayMs } = this.limits;
    for (const [name, since] of this.underway) {
      if (now - since < underwayMs) break;
      this.underway.delete(name);
    }
    const room = Math.min(entersPerTurn, this.room - this.underway.size);
    const entering: Visitor[] = [];
    while (entering.length < room) {
      const first = this.lines.entries().next();
      if (first.done === true) break;
      const [remote, line] = first.value;
      this.lines.delete(remote);
      const waiting = line.shift();
      if (line.length > 0) this.lines.set(remote, line);
      if (waiting === undefined) continue;
      this.count -= 1;
      const { visitor, since } = waiting;
      if (now - since > this.limits.waitMs) visitor.destroy();
      else if (!visitor.destroyed) {
        entering.push(visitor);
        this.underway.set(visitor.name, now);
      }
    }
    return entering;
  }

  /** Only those who log in say how long it takes: nobody without a credential slows the others. */
  loggedIn(name: string, now: number): void {
    const since = this.underway.get(name);
    if (since === undefined) return;
    this.underway.delete(name);
    const { underway, underwayMs } = this.limits;
    const took = (now - since) / underwayMs;
    if (took > isSlow) this.room = Math.max(Math.min(underwayMin, underway), this.room - 1);
    else if (took < isQuick) this.room = Math.min(underway, this.room + 1);
  }

  gone(name: string): void {
    this.underway.delete(name);
  }

  clear(): void {
    for (const line of this.lines.values()) for (const { visitor } of line) visitor.destroy();
    this.lines.clear();
    this.count = 0;
  }

  private longest(): Waiting<Visitor>[] | undefined {
    let found: Waiting<Visitor>[] | undefined;
    for (const line of this.lines.values()) {
      if (line.length > (found?.length ?? 0)) found = line;
    }
    return found;
  }

  private dropOne(line: Waiting<Visitor>[]): void {
    const [out] = line.splice(Math.floor(this.chance() * line.length), 1);
    this.count -= 1;
    out?.visitor.destroy();
  }
}
