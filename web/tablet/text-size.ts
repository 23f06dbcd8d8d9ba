/** The size of the text, kept on the device: 100 to 200 per cent, everything grows with it. */

export const textSizes = [100, 125, 150, 175, 200] as const;
export type TextSize = (typeof textSizes)[number];

const key = "obhut-text-size";

export function keptTextSize(): TextSize {
  const kept = Number(localStorage.getItem(key));
  return textSizes.find((size) => size === kept) ?? 100;
}

/** Sets it for the whole page: every measure of the page is in rem. */
export function setTextSize(size: TextSize): void {
  localStorage.setItem(key, String(size));
  document.documentElement.style.fontSize = `${size}%`;
}
