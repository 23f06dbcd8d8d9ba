/** A child process of a rig: started, watched, killed; its lines can be waited for. */
import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream, type WriteStream } from "node:fs";

export interface ProgramOptions {
  readonly name: string;
  /** Arguments to Node: the program's file and its own arguments. */
  readonly args: readonly string[];
  /** File that takes everything the program writes. */
  readonly logFile: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Hears each line of standard output. */
  readonly onLine?: (line: string) => void;
}

/** Lines that are kept for those who ask after the fact; the oldest give way. */
const linesMax = 20_000;

/** One running program. */
export class Program {
  readonly name: string;
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly log: WriteStream;
  private readonly listeners = new Set<(line: string) => void>();
  /** Resolves with how it ended: an exit code or the name of a signal. */
  readonly ended: Promise<number | string>;

  constructor(options: ProgramOptions) {
    this.name = options.name;
    this.log = createWriteStream(options.logFile, { flags: "a" });
    this.child = spawn(process.execPath, [...options.args], {
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...options.env },
    });
    if (options.onLine !== undefined) this.listeners.add(options.onLine);
    this.ended = new Promise((resolve) => {
      this.child.on("exit", (code, signal) => resolve(code ?? signal ?? 0));
    });
    this.child.stderr?.pipe(this.log);
    let rest = "";
    this.child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      this.log.write(chunk);
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.hear(line);
    });
    this.child.stdin?.on("error", () => undefined);
  }

  private hear(line: string): void {
    this.lines.push(line);
    if (this.lines.length > linesMax) this.lines.splice(0, this.lines.length - linesMax);
    for (const listener of this.listeners) listener(line);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  /** False once it has ended, however it did. */
  get runs(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /**
   * The first line, past or to come, that fits. Rejects with the program's name after `withinMs`.
   */
  line(fits: RegExp, withinMs = 20_000): Promise<RegExpExecArray> {
    for (const line of this.lines) {
      const found = fits.exec(line);
      if (found !== null) return Promise.resolve(found);
    }
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        this.listeners.delete(listener);
      };
      const listener = (line: string): void => {
        const found = fits.exec(line);
        if (found === null) return;
        done();
        resolve(found);
      };
      const timer = setTimeout(() => {
        done();
        reject(new Error(`${this.name}: no line like ${fits.source} within ${withinMs} ms`));
      }, withinMs);
      this.listeners.add(listener);
      void this.ended.then((how) => {
        done();
        reject(new Error(`${this.name}: ended (${how}) before a line like ${fits.source}`));
      });
    });
  }

  write(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** kill -9 or another signal; resolves when the process is gone. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<number | string> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Looks until `look` gives a value; rejects with `what` after `withinMs`. */
export async function until<Value>(
  what: string,
  look: () => Promise<Value | undefined> | Value | undefined,
  withinMs = 20_000,
): Promise<Value> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
