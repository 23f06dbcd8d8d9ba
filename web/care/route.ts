/** Where the desk is: a path behind `#`, so that every place has an address and "back" works. */
import { useEffect, useState } from "preact/hooks";

/** A part that is no address of ours stays as it was typed. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** The place and what it is about: `#/alarm/weber/a1` is `["alarm", "weber", "a1"]`. */
export type Place = readonly string[];

export function placeOf(hash: string): Place {
  return hash
    .replace(/^#?\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map(decoded);
}

export function hrefOf(...parts: Place): string {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}

export function goTo(...parts: Place): void {
  location.hash = hrefOf(...parts);
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const hear = (): void => setPlace(placeOf(location.hash));
    addEventListener("hashchange", hear);
    return () => removeEventListener("hashchange", hear);
  }, []);
  return place;
}
