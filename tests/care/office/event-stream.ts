/** Server-sent events as they come off the wire, for tests that read them without a browser. */

export interface Happening {
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** Takes pieces of text and gives the events that are whole. */
export class EventReader {
  #rest = "";

  feed(text: string): readonly Happening[] {
    const pieces = (this.#rest + text).split("\n\n");
    this.#rest = pieces.pop() ?? "";
    return pieces.map((piece) => {
      const [, event = "", data = "{}"] = /^event: (.*)\ndata: (.*)$/.exec(piece) ?? [];
      return { event, data: JSON.parse(data) as Record<string, unknown> };
    });
  }
}
