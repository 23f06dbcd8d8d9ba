/** Longer than the two presses of a double click or a double tap are apart. */
const settleMs = 700;

/**
 * Begun with a press and awaited before the next one counts: what takes the place of a button must
 * not be pressed by the finger that was meant for it.
 */
export const settle = (): Promise<void> => new Promise((done) => setTimeout(done, settleMs));
