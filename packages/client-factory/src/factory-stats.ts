import type { SocketGauge } from "./sockets/socket-hosts.ts";

export interface CredentialGauge {
  /** Whose, in words. */
  readonly identity: string;
  /** How often they were fetched. */
  readonly refreshes: number;
  /** Milliseconds since the epoch; `undefined` before the first fetch and for fixed keys. */
  readonly expiresAt: number | undefined;
}

/** What a factory and those made from it hold. */
export interface FactoryStats {
  readonly clients: number;
  /** Requests for a client that were answered with one at hand. */
  readonly hits: number;
  /** Requests for a client that made one. */
  readonly misses: number;
  /** Clients dropped for want of room or use. */
  readonly evicted: number;
  /** Sockets in use, to all hosts. */
  readonly socketsInUse: number;
  /** Sockets open and unused, to all hosts. */
  readonly socketsFree: number;
  /** Requests that wait for a socket, to all hosts. */
  readonly requestsWaiting: number;
  readonly sockets: readonly SocketGauge[];
  /** How often credentials were fetched, of all identities. */
  readonly refreshes: number;
  readonly credentials: readonly CredentialGauge[];
}
