/** What the parts of the gateway said of themselves: the radio, the journal's disk, the hub. */

/** What the radio stack said of itself. */
export type RadioFact =
  | { readonly kind: "radio-ready" }
  | { readonly kind: "radio-lost"; readonly cause: string }
  /** Expected by the plan, unknown to the radio's database: an alarm-level fault, never silence. */
  | { readonly kind: "device-missing"; readonly device: string }
  | { readonly kind: "device-found"; readonly device: string }
  /** The fail-safe of the stove plug was read back; `armed` false or absent support is said. */
  | { readonly kind: "fail-safe-read"; readonly device: string; readonly armed: boolean };

/** What the journal said of its disk. */
export type StorageFact =
  /** Nothing has come to the disk for so long that nobody can count on it. */
  { readonly kind: "storage-lost"; readonly cause: string } | { readonly kind: "storage-ready" };

/** What the hub said of strangers. No word of theirs is in it. */
export type HubFact = {
  readonly kind: "intrusion-noticed";
  /** Rights of entry that somebody did not have, since the fact before; 0 with two places only. */
  readonly refusals: number;
  /** A tablet's credential is used at two addresses at the same time. */
  readonly twoPlaces: boolean;
};
