/** The attributes of a device, by endpoint, cluster and number. */
import type { Place } from "./behaviour.ts";
import type { DeviceModel, EndpointModel } from "./model.ts";
import { types, type Value } from "./values.ts";

export interface Attribute extends Place {
  readonly type: number;
  readonly writable: boolean;
  value: Value;
}

function keyOf(place: Place): number {
  return (place.endpoint * 65_536 + place.cluster) * 65_536 + place.attribute;
}

export class Attributes {
  readonly #held = new Map<number, Attribute>();

  constructor(model: DeviceModel) {
    for (const endpoint of model.endpoints) this.#addEndpoint(endpoint);
  }

  #addEndpoint(endpoint: EndpointModel): void {
    for (const cluster of endpoint.servers) {
      for (const { id, type, value, writable } of cluster.attributes ?? []) {
        const place = { endpoint: endpoint.id, cluster: cluster.id, attribute: id };
        this.#held.set(keyOf(place), { ...place, type, value, writable: writable === true });
      }
      const revision = { endpoint: endpoint.id, cluster: cluster.id, attribute: 0xfffd };
      this.#held.set(keyOf(revision), {
        ...revision,
        type: types.uint16,
        value: 1,
        writable: false,
      });
    }
  }

  at(place: Place): Attribute | undefined {
    return this.#held.get(keyOf(place));
  }

  ofCluster(endpoint: number, cluster: number): Attribute[] {
    const all = [...this.#held.values()];
    return all.filter((held) => held.endpoint === endpoint && held.cluster === cluster);
  }

  /** The values as text keys, for a state file. */
  save(): Record<string, Value> {
    const saved: Record<string, Value> = {};
    for (const [key, attribute] of this.#held) saved[key] = attribute.value;
    return saved;
  }

  load(saved: Readonly<Record<string, Value>>): void {
    for (const [key, value] of Object.entries(saved)) {
      const attribute = this.#held.get(Number(key));
      if (attribute !== undefined) attribute.value = value;
    }
  }
}
