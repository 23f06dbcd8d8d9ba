// Runs in the page: what can be measured of a screen. Put there as text by tablet-looks.ts.

/** Targets that are smaller than a trembling finger. */
globalThis.smallTargets = (least) =>
  [...document.querySelectorAll("button, a, input, select")].flatMap((target) => {
    const { width, height } = target.getBoundingClientRect();
    const isLarge = width >= least - 0.5 && height >= least - 0.5;
    const size = `${Math.round(width)} × ${Math.round(height)}`;
    return isLarge ? [] : [`${size}: ${target.textContent}`];
  });

/** Words that are cut off, or stand beside the screen. */
globalThis.lostWords = () => {
  const wide = document.documentElement.clientWidth;
  const all = document.querySelectorAll("button, p, h1, h2, li, span, legend, a, time");
  const seen = [...all].filter((it) => it.closest(".unseen") === null);
  const isBeside = (it) => {
    const { left, right, width } = it.getBoundingClientRect();
    return width > 0 && (left < -0.5 || right > wide + 0.5);
  };
  const isCut = (it) =>
    it.scrollWidth > it.clientWidth + 1 && getComputedStyle(it).display !== "inline";
  /** A word, or a group of a number, that goes on in the next line. */
  const isBroken = (it) => {
    const range = document.createRange();
    range.selectNodeContents(it);
    const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
    return lines.size > it.textContent.split(/\s+/).length;
  };
  const told = (what, it) => `${what}: ${it.textContent.slice(0, 40)}`;
  return [
    ...(document.documentElement.scrollWidth > wide ? ["wider than the screen"] : []),
    ...seen.filter(isBeside).map((it) => told("beside the screen", it)),
    ...seen.filter(isCut).map((it) => told("cut off", it)),
    ...[...document.querySelectorAll(".help-word, .number, time")]
      .filter(isBroken)
      .map((it) => told("broken", it)),
  ];
};

/** The size of the text, as the resident sets it; 0 puts it back. */
globalThis.sizeText = (percent) => {
  document.documentElement.style.fontSize = percent === 0 ? "" : `${percent}%`;
};
