/**
 * Every limit of the broker, with what gives way when it is reached. Alarms do not travel through
 * it.
 */

export interface BrokerLimits {
  /** Longest MQTT packet, in bytes; a longer one closes its connection before its body is read. */
  readonly packetBytes: number;
  /** Longest first packet (CONNECT), in bytes: nobody has shown a credential yet. */
  readonly connectBytes: number;
  /** Time from the accepted connection to the CONNECT packet; the connection gives way. */
  readonly connectWithinMs: number;
  /** Longest keep-alive a client may ask for, in seconds; 0 (none) is refused as well. */
  readonly keepaliveSeconds: number;
  /** Clients logged in at once; the newcomer is refused. */
  readonly clients: number;
  /** Sessions of one credential at once; its oldest session gives way. */
  readonly sessionsPerCredential: number;
  /**
   * Connections that have not logged in yet: all together, and from one remote address. Past it one
   * of the address with the most of them is dropped, by lot.
   */
  readonly strangers: number;
  readonly strangersPerRemote: number;
  /**
   * Connections that wait for their handshake, the same way, and how long; platform/entrance.ts.
   */
  readonly waiting: number;
  readonly waitingPerRemote: number;
  readonly waitMs: number;
  /** Let in together before everybody else is heard again. */
  readonly entersPerTurn: number;
  /** Handshakes under way at once, at most; one that takes longer than this holds no place. */
  readonly underway: number;
  readonly underwayMs: number;
  /**
   * Connections per remote address: at once, and how many more each second. An address from which
   * somebody logged in lately is not counted.
   */
  readonly connectsBurst: number;
  readonly connectsPerSecond: number;
  /** Wrong logins per remote address that are answered at once; later ones wait this long. */
  readonly failuresBurst: number;
  readonly failuresPerSecond: number;
  readonly failureDelayMs: number;
  /**
   * Messages a client may publish: at once, and each second. Past it the client is read more
   * slowly.
   */
  readonly publishesBurst: number;
  readonly publishesPerSecond: number;
  /** Packets of any kind from one client, the same way. */
  readonly packetsBurst: number;
  readonly packetsPerSecond: number;
  /** Filters of one client; further ones are refused. */
  readonly subscriptions: number;
  /** Levels of a topic; a deeper one closes its connection. */
  readonly topicLevels: number;
  /** Bytes that wait for one client to read them; past it that client is dropped. */
  readonly unsentBytes: number;
  /** How long a client may leave all of its bytes unread; then it is dropped. */
  readonly frozenMs: number;
  /**
   * Connections that ask for pages on the WebSocket's port: all together, and from one remote
   * address; past it one of the address with the most of them goes, by lot. None lives longer than
   * this.
   */
  readonly pageConnections: number;
  readonly pageConnectionsPerRemote: number;
  readonly pageLifeMs: number;
  /** Requests for pages per remote address: at once, and each second. Past it they are refused. */
  readonly pageRequestsBurst: number;
  readonly pageRequestsPerSecond: number;
  /** Inbound messages of QoS 2 that were not released; past it that client is dropped. */
  readonly inflight: number;
}

/** For a home: a handful of tablets, Node-RED, an installer. */
export const homeLimits: BrokerLimits = {
  packetBytes: 70_000,
  connectBytes: 2_048,
  connectWithinMs: 5_000,
  keepaliveSeconds: 60,
  clients: 40,
  sessionsPerCredential: 4,
  strangers: 40,
  strangersPerRemote: 20,
  waiting: 200,
  waitingPerRemote: 100,
  waitMs: 5_000,
  entersPerTurn: 2,
  underway: 16,
  underwayMs: 4_000,
  connectsBurst: 40,
  connectsPerSecond: 4,
  failuresBurst: 5,
  failuresPerSecond: 0.2,
  failureDelayMs: 2_000,
  publishesBurst: 50,
  publishesPerSecond: 20,
  packetsBurst: 1_000,
  packetsPerSecond: 500,
  subscriptions: 20,
  topicLevels: 8,
  unsentBytes: 1_048_576,
  frozenMs: 1_500,
  inflight: 20,
  pageConnections: 48,
  // A browser opens six; all of a home's tablets share one IPv6 network.
  pageConnectionsPerRemote: 24,
  pageLifeMs: 120_000,
  pageRequestsBurst: 150,
  pageRequestsPerSecond: 20,
};

/** For the care service: one gateway per home, all back at once after a power cut of a town. */
export const careLimits: BrokerLimits = {
  ...homeLimits,
  clients: 100_000,
  strangers: 4_000,
  strangersPerRemote: 500,
  waiting: 8_000,
  waitingPerRemote: 500,
  entersPerTurn: 8,
  underway: 500,
  connectsBurst: 1_000,
  connectsPerSecond: 100,
  // A gateway that comes back says what is in its outbox, and what came of it.
  publishesBurst: 500,
  publishesPerSecond: 10,
};
