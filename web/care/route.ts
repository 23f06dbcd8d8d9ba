/** Where the desk is: a path behind `#`, so that every place has an address and "back" works. */
import { useEffect, useState } from "preact/hooks";

/** The place and what it is about: `#/alarm/weber/a1` is `["alarm", "weber", "a1"]`. */
export type Place = readonly string[];

export function placeOf(hash: string): Place {
  return hash
    .replace(/^#?\/?/, "")
    .split("/")
    .filter((part) => part !== "")
    .map(decodeURIComponent);
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
