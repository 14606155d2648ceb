import { IncomingMessage } from "node:http";
import { attemptSignalOf } from "../plugin/attempt-signal.ts";
import type { Tier } from "../tiers/tier.ts";
import { assertLoopback } from "./assert-loopback.ts";
import {
  originOf,
  type SdkHandlerOptions,
  type SdkHttpRequest,
  type SdkHttpResponse,
  type SdkRequestHandler,
} from "./handler-shapes.ts";
import { loadHandler } from "./load-handler.ts";
import { limitReading } from "./read-timeout.ts";
import type { SocketHost } from "./socket-host.ts";
import type { SocketHosts } from "./socket-hosts.ts";

export interface PooledHandlerOptions {
  readonly hosts: SocketHosts;
  readonly tier: Tier;
  /** Refuse every host but this machine. */
  readonly localOnly: boolean;
}

/** Where requests go: looked up anew only when the next one goes elsewhere. */
interface Place {
  readonly protocol: string | undefined;
  readonly hostname: string | undefined;
  readonly port: number | undefined;
  readonly host: SocketHost;
  readonly handler: SdkRequestHandler;
}

/**
 * The request handler of one client: it shares sockets with every other client of the factory, and
 * `client.destroy()` lets go of this client's share only. A client that was destroyed can go on being used.
 */
export class PooledHandler implements SdkRequestHandler {
  readonly metadata: { readonly handlerProtocol: string } = { handlerProtocol: "http/1.1" };
  readonly #options: PooledHandlerOptions;
  readonly #mine = new Set<SocketHost>();
  #place: Place | undefined;
  #inFlight = 0;

  constructor(options: PooledHandlerOptions) {
    this.#options = options;
  }

  /** Requests whose answer has not been read to its end. */
  get inFlight(): number {
    return this.#inFlight;
  }

  async handle(request: SdkHttpRequest, options: SdkHandlerOptions = {}): Promise<{ response: SdkHttpResponse }> {
    this.#inFlight += 1;
    let entered: SocketHost | undefined;
    try {
      const { host, handler } = isPlaceOf(this.#place, request) ? this.#place : await this.#findPlace(request);
      const { tier } = this.#options;
      const signal = attemptSignalOf(request) ?? (options.abortSignal as AbortSignal | undefined);
      const queued = host.gate.enter(tier.name, tier.connectTimeoutMs, signal);
      if (queued !== undefined) await queued;
      entered = host;
      const given = signal === options.abortSignal ? options : { ...options, abortSignal: signal };
      const result = await handler.handle(request, given);
      this.#whenRead(result.response.body, host);
      return result;
    } catch (error) {
      this.#inFlight -= 1;
      entered?.leave();
      throw error;
    }
  }

  destroy(): void {
    this.#place = undefined;
    for (const host of this.#mine) host.removeUser();
    this.#mine.clear();
  }

  updateHttpClientConfig(): void {
    // the tier says how sockets are used
  }

  httpHandlerConfigs(): object {
    return {};
  }

  // A socket is in use until the answer on it is read, however long that takes.
  #whenRead(body: unknown, host: SocketHost): void {
    if (body instanceof IncomingMessage && !body.closed) {
      limitReading(body, this.#options.tier.readTimeoutMs);
      body.once("close", () => this.#leave(host));
    } else {
      this.#leave(host);
    }
  }

  #leave(host: SocketHost): void {
    this.#inFlight -= 1;
    host.leave();
  }

  #adopt(host: SocketHost): void {
    this.#mine.add(host);
    host.addUser();
    host.tiers.add(this.#options.tier.name);
    if (this.#mine.size <= maxHosts) return;
    const [oldest] = this.#mine;
    if (oldest === undefined) return;
    this.#mine.delete(oldest);
    oldest.removeUser();
  }

  async #findPlace(request: SdkHttpRequest): Promise<Place> {
    const { hosts, tier, localOnly } = this.#options;
    const { protocol, hostname, port } = request;
    if (localOnly) await assertLoopback(hostname ?? "");
    const make = await loadHandler();
    const host = hosts.hostOf(originOf(request));
    if (!this.#mine.has(host)) this.#adopt(host);
    this.#place = { protocol, hostname, port, host, handler: host.handlerFor(tier, make) };
    return this.#place;
  }
}

/** Hosts that one client keeps sockets to: S3 has one for each bucket. */
const maxHosts = 64;

function isPlaceOf(place: Place | undefined, { protocol, hostname, port }: SdkHttpRequest): place is Place {
  return place !== undefined && place.hostname === hostname && place.port === port && place.protocol === protocol;
}
