/**
 * The stack's lists of device models are long: one vendor's alone holds 12 MB for the one model
 * that a home has of it (measured). Once the home's models are found, the rest is let go.
 */
import { createRequire } from "node:module";

const { cache } = createRequire(import.meta.url);
const listOfModels = /[/\\]zigbee-herdsman-converters[/\\]dist[/\\]devices[/\\][^/\\]+\.js$/;

/**
 * Empties the lists that are loaded, and forgets them: whoever looks for a model later loads its
 * list anew. Definitions that were found before stay whole. Never while a search is under way.
 */
export function dropModelLists(): void {
  for (const [path, list] of Object.entries(cache)) {
    if (list === undefined || !listOfModels.test(path)) continue;
    const definitions: unknown = Reflect.get(Object(list.exports), "definitions");
    if (Array.isArray(definitions)) definitions.length = 0;
    delete cache[path];
  }
}
