/** What may stand behind each verb of `obhut`: a word that means nothing there is refused. */
import { parseArgs } from "node:util";
import { exitUsage, OperatorError } from "./errors.ts";

const options = {
  config: { type: "string", default: "home.yaml" },
  json: { type: "boolean", default: false },
  "form-network": { type: "boolean", default: false },
  host: { type: "string" },
  wait: { type: "boolean", default: false },
  renew: { type: "boolean", default: false },
} as const;

interface Shape {
  readonly options: readonly (keyof typeof options)[];
  /** Most words that are no options: a tablet's name, a journal's file. */
  readonly words: 0 | 1;
}

const shapes = {
  start: { options: ["config", "form-network"], words: 0 },
  check: { options: ["config"], words: 0 },
  provision: { options: ["config"], words: 0 },
  pair: { options: ["config", "host", "wait"], words: 1 },
  unpair: { options: ["config"], words: 1 },
  certificate: { options: ["config", "renew"], words: 0 },
  status: { options: ["config", "json"], words: 0 },
  replay: { options: [], words: 1 },
  schema: { options: [], words: 0 },
} as const satisfies Readonly<Record<string, Shape>>;

export type Verb = keyof typeof shapes;

export const isVerb = (word: string): word is Verb => Object.hasOwn(shapes, word);

/** The options of a verb, and its one word. Throws a sentence about what does not belong there. */
export function readLine(verb: Verb, args: readonly string[]) {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    allowPositionals: true,
    tokens: true,
    options,
  });
  const shape: Shape = shapes[verb];
  const known = new Set<string>(shape.options);
  const odd = tokens.find((token) => token.kind === "option" && !known.has(token.name));
  if (odd?.kind === "option") refuse(verb, odd.rawName);
  const word = positionals[shape.words];
  if (word !== undefined) {
    refuse(verb, `"${word}"`, known.has("config") ? "; name the configuration by --config" : "");
  }
  return { values, word: positionals[0] };
}

function refuse(verb: Verb, what: string, remedy = ""): never {
  throw new OperatorError(`${verb}: ${what} means nothing here${remedy}`, exitUsage);
}
