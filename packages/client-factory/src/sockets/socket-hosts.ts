import { Agent, type AgentOptions } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { assertFunction, assertInteger, assertKnownOptions, type Clock } from "@holdfast/errors/policy";
import { SocketHost } from "./socket-host.ts";

export interface SocketOptions {
  /** Most sockets to one host (scheme, name and port), for all clients together. Integer ≥ 1. Default 50, as in the AWS SDK. */
  readonly maxSockets?: number | undefined;
  /** Most requests of one tier that may wait for a socket to one host. Integer ≥ 0. Default 1,000. */
  readonly maxQueued?: number | undefined;
  /** Makes the agent for a host, e.g. one that goes through a proxy; give it the options. Default: Node's own. */
  readonly createAgent?: ((endpoint: string, options: AgentOptions) => Agent) | undefined;
}

const socketOptionNames: Readonly<Record<keyof SocketOptions, true>> = {
  maxSockets: true,
  maxQueued: true,
  createAgent: true,
};

/** The use of the sockets to one host by one tier. */
export interface SocketGauge {
  /** E.g. `https://sqs.eu-west-1.amazonaws.com`. */
  readonly endpoint: string;
  readonly tier: string;
  /** Sockets in use to this host, by all tiers. */
  readonly used: number;
  /** Sockets open to this host and unused. */
  readonly free: number;
  /** Requests of this tier that wait for a socket. */
  readonly waiting: number;
  readonly maxSockets: number;
}

/** The hosts that a factory and those made from it have sockets to. */
export class SocketHosts {
  readonly #hosts = new Map<string, SocketHost>();
  readonly #maxSockets: number;
  readonly #maxQueued: number;
  readonly #createAgent: (endpoint: string, options: AgentOptions) => Agent;
  readonly #clock: Clock;

  constructor(options: SocketOptions, clock: Clock) {
    assertKnownOptions("sockets", options, socketOptionNames);
    const { maxSockets = 50, maxQueued = 1_000, createAgent = nodeAgent } = options;
    assertInteger("sockets.maxSockets", maxSockets, { min: 1 });
    assertInteger("sockets.maxQueued", maxQueued, { min: 0 });
    assertFunction("sockets.createAgent", createAgent);
    this.#maxSockets = maxSockets;
    this.#maxQueued = maxQueued;
    this.#createAgent = createAgent;
    this.#clock = clock;
  }

  hostOf(endpoint: string): SocketHost {
    let host = this.#hosts.get(endpoint);
    if (host === undefined) {
      const options = { endpoint, maxSockets: this.#maxSockets, maxQueued: this.#maxQueued, clock: this.#clock };
      const agent = this.#createAgent(endpoint, { keepAlive: true, maxSockets: this.#maxSockets });
      host = new SocketHost(options, agent, () => this.#hosts.delete(endpoint));
      this.#hosts.set(endpoint, host);
    }
    return host;
  }

  gauges(): SocketGauge[] {
    const maxSockets = this.#maxSockets;
    return [...this.#hosts].flatMap(([endpoint, { gate, free, tiers }]) =>
      [...tiers].map((tier) => ({ endpoint, tier, used: gate.used, free, waiting: gate.waiting(tier), maxSockets })),
    );
  }

  totals(): { readonly socketsInUse: number; readonly socketsFree: number; readonly requestsWaiting: number } {
    const hosts = [...this.#hosts.values()];
    return {
      socketsInUse: sum(hosts.map(({ gate }) => gate.used)),
      socketsFree: sum(hosts.map(({ free }) => free)),
      requestsWaiting: sum(this.gauges().map(({ waiting }) => waiting)),
    };
  }

  close(): void {
    for (const host of this.#hosts.values()) host.close();
    this.#hosts.clear();
  }
}

function nodeAgent(endpoint: string, options: AgentOptions): Agent {
  return endpoint.startsWith("https:") ? new HttpsAgent(options) : new Agent(options);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
