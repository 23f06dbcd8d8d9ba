/** Longest id, name and free text that is taken from a wire; longer is refused, not cut. */
export const textMax = { id: 200, name: 120, note: 2_000 } as const;
