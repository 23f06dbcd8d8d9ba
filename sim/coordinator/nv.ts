/** What the stick keeps without power: items by number, and table entries by item and index. */

/** Item numbers of Z-Stack 3.x, as far as a host asks for them. */
export const items = {
  extAddr: 0x01,
  startupOption: 0x03,
  nib: 0x21,
  extendedPanId: 0x2d,
  activeKey: 0x3a,
  alternateKey: 0x3b,
  apsLinkKeyTable: 0x4c,
  hasConfigured: 0x60,
  preconfiguredKey: 0x62,
  preconfiguredKeysEnable: 0x63,
  networkKey: 0x82,
  panId: 0x83,
  channelList: 0x84,
  tcLinkKeySeed: 0x101,
} as const;

/** Tables of Z-Stack 3.x and the size of one entry on a processor that aligns its structures. */
export const tables = {
  addressManager: { item: 1, entryBytes: 12 },
  tcLinkKey: { item: 4, entryBytes: 20 },
  apsKey: { item: 6, entryBytes: 24 },
  networkSecurity: { item: 7, entryBytes: 12 },
} as const;

export class NvStore {
  readonly #items = new Map<number, Buffer>();
  readonly #entries = new Map<string, Buffer>();
  readonly #changed: () => void;

  constructor(changed: () => void = () => {}) {
    this.#changed = changed;
  }

  read(item: number): Buffer | undefined {
    return this.#items.get(item);
  }

  /** Replaces a whole item, creating it where needed. */
  put(item: number, value: Buffer): void {
    this.#items.set(item, Buffer.from(value));
    this.#changed();
  }

  /** Writes inside an item that exists and is long enough. */
  write(item: number, offset: number, value: Buffer): boolean {
    const held = this.#items.get(item);
    if (held === undefined || offset + value.length > held.length) return false;
    value.copy(held, offset);
    this.#changed();
    return true;
  }

  delete(item: number): boolean {
    this.#changed();
    return this.#items.delete(item);
  }

  entry(item: number, index: number): Buffer | undefined {
    return this.#entries.get(`${item}:${index}`);
  }

  putEntry(item: number, index: number, value: Buffer): void {
    this.#entries.set(`${item}:${index}`, Buffer.from(value));
    this.#changed();
  }

  writeEntry(place: { item: number; index: number; offset: number }, value: Buffer): boolean {
    const held = this.entry(place.item, place.index);
    if (held === undefined || place.offset + value.length > held.length) return false;
    value.copy(held, place.offset);
    this.#changed();
    return true;
  }

  deleteEntry(item: number, index: number): boolean {
    this.#changed();
    return this.#entries.delete(`${item}:${index}`);
  }

  /** The content as text, for a state file. */
  save(): Record<string, string> {
    const saved: Record<string, string> = {};
    for (const [item, value] of this.#items) saved[`${item}`] = value.toString("hex");
    for (const [place, value] of this.#entries) saved[place] = value.toString("hex");
    return saved;
  }

  load(saved: Record<string, string>): void {
    this.#items.clear();
    this.#entries.clear();
    for (const [place, value] of Object.entries(saved)) {
      const bytes = Buffer.from(value, "hex");
      if (place.includes(":")) this.#entries.set(place, bytes);
      else this.#items.set(Number(place), bytes);
    }
  }
}
