/** Every MQTT topic in one place: at the home's broker and at the care service's. */

/** Topics at the care service's broker, for one home. Only that home's gateway may use them. */
export const careTopics = (home: string) =>
  ({
    /** UpMessage, QoS 1, never retained. */
    up: `obhut/${home}/up`,
    /** DownMessage, QoS 1, never retained. */
    down: `obhut/${home}/down`,
    /** Beat of the gateway, QoS 0. */
    beatUp: `obhut/${home}/beat/up`,
    /** Beat of the care service, QoS 0. */
    beatDown: `obhut/${home}/beat/down`,
  }) as const;

/** The parts of the home's state that are published, retained: the only retained topics. */
export const stateParts = [
  "alarms",
  "stove",
  "modules",
  "link",
  "signal",
  "fixtures",
  "pause",
  "question",
  "services",
  "privacy",
  "gateway",
] as const;
export type StatePart = (typeof stateParts)[number];

/** Topics at the home's own broker. */
export const homeTopics = {
  /** Retained state, QoS 1. */
  state: (part: StatePart) => `home/state/${part}`,
  /** What happened, QoS 0, never retained: a late reader must not take it for news. */
  event: (kind: string) => `home/event/${kind}`,
  /** Sentences to show and say, QoS 1, never retained. */
  announcement: "home/announcement",
  /** TabletRequest of one client, QoS 1. */
  request: (client: string) => `home/request/${client}`,
  /** TabletAnswer to one client, QoS 1. */
  answer: (client: string) => `home/answer/${client}`,
  /** Comfort wishes (light, cover), QoS 0; the first to give way under load. */
  wish: (client: string) => `home/wish/${client}`,
} as const;

/** Topics at the care service's broker, for the people who receive escalations. */
export const deskTopics = {
  /** DeskState of one home, retained, QoS 1. */
  state: (home: string) => `desk/state/${home}`,
  /** What happened in one home, QoS 0, never retained. */
  event: (home: string) => `desk/event/${home}`,
  /** DeskRequest of one desk, QoS 1. */
  request: (desk: string) => `desk/request/${desk}`,
  /** DeskAnswer to one desk, QoS 1. */
  answer: (desk: string) => `desk/answer/${desk}`,
  allStates: "desk/state/+",
  allEvents: "desk/event/+",
} as const;

/**
 * Topics between the processes of one care service at a broker that is not theirs. Nobody else may
 * say or hear anything there.
 */
export const neighbourTopics = {
  /** Asked of a home that another process looks after, QoS 1. */
  request: (asker: string) => `care/request/${asker}`,
  /** QoS 1. */
  answer: (asker: string) => `care/answer/${asker}`,
} as const;
