// Runs in the page before its own code: notes when things stand on the screen, and when the page
// was busy. Times are performance.now() of the page.
const probe = { painted: undefined, ready: undefined, tasks: [], press: undefined };
globalThis.probe = probe;

new PerformanceObserver((list) => {
  for (const { startTime, duration } of list.getEntries()) probe.tasks.push([startTime, duration]);
}).observe({ type: "longtask", buffered: true });

const shown = (selector) => document.querySelector(selector) !== null;

// A mutation is on the screen with the frame that follows it.
const note = (of, key) => {
  if (of[key] !== undefined) return;
  of[key] = Number.NaN;
  requestAnimationFrame(() => {
    of[key] = performance.now();
  });
};

const look = () => {
  if (shown(".help.great")) note(probe, "painted");
  if (shown(".readiness.ready")) note(probe, "ready");
  const { press } = probe;
  if (press === undefined) return;
  if (shown("article.alarm, .calling")) note(press, "seen");
  const done = document.querySelectorAll(".step.done").length;
  if (done >= 1) note(press, "stored");
  if (done >= 2) note(press, "withCare");
};

new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
addEventListener(
  "pointerup",
  () => {
    probe.press ??= { at: performance.now() };
  },
  { capture: true },
);
