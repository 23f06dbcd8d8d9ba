/** The stories of the home of Mrs Weber. */
import type { Scenario } from "./scenario.ts";

export const theFall: Scenario = {
  name: "the-fall",
  title: "Mrs Weber falls in the bath and reaches her button",
  steps: [
    { after_s: 0, does: "walk hall-motion", tells: "She goes to the bath." },
    { after_s: 2, does: "walk bath-motion" },
    { after_s: 4, tells: "She slips." },
    { after_s: 3, does: "press bath-button", tells: "She reaches the button by the tub." },
    { after_s: 5, does: "press bath-button", tells: "And presses again: is anybody there?" },
  ],
};

export const forgottenPan: Scenario = {
  name: "forgotten-pan",
  title: "A pan on the stove, and the telephone rings in the living room",
  steps: [
    { after_s: 0, does: "walk kitchen-motion", tells: "She comes into the kitchen." },
    { after_s: 1, does: "on stove-plug" },
    { after_s: 1, does: "stove on 1800", tells: "She puts a pan on." },
    { after_s: 20, does: "walk kitchen-motion" },
    { after_s: 10, does: "walk living-motion", tells: "The telephone. She leaves the kitchen." },
    { after_s: 120, does: "walk living-motion", tells: "She is still talking." },
  ],
};

export const lyingRelay: Scenario = {
  name: "lying-relay",
  title: "The stove's relay says off, and the stove stays hot",
  steps: [
    { after_s: 0, does: "walk kitchen-motion" },
    { after_s: 1, does: "on stove-plug" },
    { after_s: 1, does: "stove on 2000", tells: "The stove is on." },
    { after_s: 1, does: "stove fault lie", tells: "The relay will say off and do nothing." },
    { after_s: 5, does: "walk hall-motion", tells: "She leaves the kitchen." },
    { after_s: 5, does: "open front-door", tells: "And the flat." },
    { after_s: 3, does: "close front-door" },
  ],
};

export const waterAtNight: Scenario = {
  name: "water-at-night",
  title: "A tap left open, found by the sensor under the basin",
  steps: [
    { after_s: 0, does: "open bed-mat", tells: "She gets up in the night." },
    { after_s: 5, does: "walk bedroom-motion" },
    { after_s: 5, does: "walk bath-motion" },
    { after_s: 60, does: "close bed-mat", tells: "She is back in bed. The tap runs." },
    { after_s: 600, does: "alarm bath-leak", tells: "Water reaches the sensor." },
  ],
};

export const deafGateway: Scenario = {
  name: "deaf-gateway",
  title: "The stick hangs in the moment of the press",
  steps: [
    { after_s: 0, does: "fault silent on", tells: "The stick hangs." },
    { after_s: 1, does: "press neck-button", tells: "She presses. Nobody hears." },
    { after_s: 30, does: "fault silent off", tells: "The stick is back." },
    { after_s: 5, does: "press neck-button", tells: "She presses again." },
  ],
};

export const scenarios: readonly Scenario[] = [
  theFall,
  forgottenPan,
  lyingRelay,
  waterAtNight,
  deafGateway,
];

export function scenarioNamed(name: string): Scenario {
  const story = scenarios.find((candidate) => candidate.name === name);
  if (story === undefined) {
    const known = scenarios.map((candidate) => candidate.name).join(", ");
    throw new Error(`no scenario "${name}"; there are ${known}`);
  }
  return story;
}
