/** Names of people in sentences, in every place that speaks to people. Pure. */

/** After `bei`, `von` and `zu` a German form of address has another ending; the name has not. */
export const dative = (name: string): string =>
  name.replace(/^Herr (?=\S)/, "Herrn ").replace(/^Eheleute (?=\S)/, "Eheleuten ");
