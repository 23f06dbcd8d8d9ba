/** A picture beside the word on a tile, for those who recognise sooner than they read. */

/** Lines on a field of 24 by 24. */
const lines = {
  stove: "M4 10h16v7a3 3 0 0 1-3 3H7a3 3 0 0 1-3-3zM2 10h20M9 7c0-2 2-2 2-4M14 7c0-2 2-2 2-4",
  rooms: "M3 11 12 4l9 7M5 10v10h14V10M10 20v-6h4v6",
  services: "M5 4h14v16H5zM8 9h8M8 13h8M8 17h5",
  more: "M4 7h16M4 12h16M4 17h16",
  wellbeing: "M12 20C5 15 3 12 3 8.5A4.5 4.5 0 0 1 12 7a4.5 4.5 0 0 1 9 1.5C21 12 19 15 12 20z",
} as const;

export type IconName = keyof typeof lines;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={lines[name]} />
    </svg>
  );
}
