/** Where to go. The server tells it only while the alarm is open, and only to those it has told. */
import type { HelperView } from "../../protocol/care-views.ts";
import type { Speech } from "./speech.ts";

export interface PlaceParts {
  readonly speech: Speech;
  readonly place: NonNullable<HelperView["place"]>;
}

export function Place({ speech, place }: PlaceParts) {
  const { own } = speech;
  const lines: readonly (readonly [string, string])[] = [
    [own.address, place.address],
    [own.keySafe, place.key_safe],
    [own.notes, place.notes],
  ];
  const map = `geo:0,0?q=${encodeURIComponent(place.address)}`;
  return (
    <section class="place">
      <dl>
        {lines
          .filter(([, text]) => text !== "")
          .map(([name, text]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ))}
      </dl>
      {place.phone === "" ? null : (
        <a class="button" href={`tel:${place.phone.replaceAll(/[^+\d]/g, "")}`}>
          {own.call} {place.phone}
        </a>
      )}
      {place.address === "" ? null : (
        <a class="button" href={map}>
          {own.map}
        </a>
      )}
    </section>
  );
}
