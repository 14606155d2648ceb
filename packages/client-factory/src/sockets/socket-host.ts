import type { Agent } from "node:http";
import type { TierTimeouts } from "../tiers/tier.ts";
import type { SdkRequestHandler } from "./handler-shapes.ts";
import { SocketGate, type SocketGateOptions } from "./socket-gate.ts";

/** Makes the handler that speaks HTTP; the agents are ours. */
export type MakeHandler = (options: {
  readonly httpAgent: Agent;
  readonly httpsAgent: Agent;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly socketTimeout: number;
  readonly throwOnRequestTimeout: true;
}) => SdkRequestHandler;

/** The sockets to one origin, shared by every client of every tier, and closed when the last of them lets go. */
export class SocketHost {
  readonly gate: SocketGate;
  readonly tiers: Set<string> = new Set();
  readonly #agent: Agent;
  readonly #handlers = new Map<string, SdkRequestHandler>();
  readonly #onIdle: () => void;
  #users = 0;

  constructor(options: SocketGateOptions, agent: Agent, onIdle: () => void) {
    this.gate = new SocketGate(options);
    this.#onIdle = onIdle;
    this.#agent = agent;
  }

  /** Sockets open and unused. */
  get free(): number {
    let free = 0;
    for (const sockets of Object.values(this.#agent.freeSockets)) free += sockets?.length ?? 0;
    return free;
  }

  addUser(): void {
    this.#users += 1;
  }

  removeUser(): void {
    this.#users -= 1;
    this.#closeIfIdle();
  }

  leave(): void {
    this.gate.leave();
    this.#closeIfIdle();
  }

  /** Closes the open sockets; the next request opens new ones. */
  close(): void {
    this.#agent.destroy();
  }

  handlerFor(timeouts: TierTimeouts, make: MakeHandler): SdkRequestHandler {
    const key = `${timeouts.connectTimeoutMs}/${timeouts.readTimeoutMs}`;
    let handler = this.#handlers.get(key);
    if (handler === undefined) {
      handler = make({
        httpAgent: this.#agent,
        httpsAgent: this.#agent, // only the one of the request's protocol is used
        connectionTimeout: timeouts.connectTimeoutMs,
        requestTimeout: timeouts.readTimeoutMs,
        socketTimeout: 0, // `limitReading` sees to it, at less cost
        throwOnRequestTimeout: true,
      });
      this.#handlers.set(key, handler);
    }
    return handler;
  }

  #closeIfIdle(): void {
    if (this.#users > 0 || this.gate.used > 0) return;
    this.#agent.destroy();
    this.#onIdle();
  }
}
