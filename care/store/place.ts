/** Where the care service keeps its memory. */
export type DatabasePlace = { readonly sqliteFile: string } | { readonly postgresUrl: string };

/** The place without its password, for people. */
export function placeName(place: DatabasePlace): string {
  if ("sqliteFile" in place) return place.sqliteFile;
  const url = URL.parse(place.postgresUrl);
  return url === null ? "the database" : `${url.protocol}//${url.host}${url.pathname}`;
}
