/** Tells a story in a terminal and keeps count of the promises in it that held. */

const bold = (words: string): string =>
  process.stdout.isTTY ? `\u001b[1m${words}\u001b[0m` : words;

/** Writes lines with the seconds since the story began. */
export class Story {
  private readonly began = performance.now();
  private readonly broken: string[] = [];
  private held = 0;

  private write(mark: string, words: string): void {
    const seconds = ((performance.now() - this.began) / 1_000).toFixed(1).padStart(6);
    process.stdout.write(`${seconds} s  ${mark} ${words}\n`);
  }

  chapter(title: string): void {
    process.stdout.write(`\n${bold(title)}\n`);
  }

  /** What somebody does. */
  does(words: string): void {
    this.write(">", words);
  }

  /** What a part of the system says. */
  says(who: string, words: string): void {
    this.write(" ", `${who.padEnd(8)} ${words}`);
  }

  /** A promise: it holds when `check` resolves. A broken one is told at once and at the end. */
  async promise(words: string, check: () => Promise<unknown>): Promise<void> {
    try {
      await check();
      this.held += 1;
      this.write("✓", words);
    } catch (thrown) {
      const why = thrown instanceof Error ? thrown.message : String(thrown);
      this.broken.push(`${words}: ${why}`);
      this.write("✗", `${words}: ${why}`);
    }
  }

  /** Prints the end; true when every promise held. */
  end(): boolean {
    const all = this.held + this.broken.length;
    process.stdout.write(`\n${bold(`${this.held} of ${all} promises held.`)}\n`);
    for (const words of this.broken) process.stdout.write(`  broken: ${words}\n`);
    return this.broken.length === 0;
  }
}

/** Rejects unless it is so. */
export async function must(so: boolean, otherwise: string): Promise<void> {
  if (!so) throw new Error(otherwise);
}
