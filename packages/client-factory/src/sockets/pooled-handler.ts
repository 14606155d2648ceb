import { Readable } from "node:stream";
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
import type { MakeHandler, SocketHost } from "./socket-host.ts";
import type { SocketHosts } from "./socket-hosts.ts";

export interface PooledHandlerOptions {
  readonly hosts: SocketHosts;
  readonly tier: Tier;
  /** Refuse every host but this machine. */
  readonly localOnly: boolean;
}

/**
 * The request handler of one client: it shares sockets with every other client of the factory, and
 * `client.destroy()` lets go of this client's share only. A client that was destroyed can go on being used.
 */
export class PooledHandler implements SdkRequestHandler {
  readonly metadata: { readonly handlerProtocol: string } = { handlerProtocol: "http/1.1" };
  readonly #options: PooledHandlerOptions;
  readonly #mine = new Set<SocketHost>();
  #inFlight = 0;

  constructor(options: PooledHandlerOptions) {
    this.#options = options;
  }

  /** Requests whose answer has not been read to its end. */
  get inFlight(): number {
    return this.#inFlight;
  }

  async handle(request: SdkHttpRequest, options: SdkHandlerOptions = {}): Promise<{ response: SdkHttpResponse }> {
    const { tier, localOnly } = this.#options;
    if (localOnly) await assertLoopback(request.hostname ?? "");
    const make = loaded ?? (await load());
    const host = this.#hostOf(originOf(request));
    const signal = attemptSignalOf(request) ?? (options.abortSignal as AbortSignal | undefined);
    this.#inFlight += 1;
    try {
      await host.gate.enter(tier.name, tier.connectTimeoutMs, signal);
    } catch (error) {
      this.#inFlight -= 1;
      throw error;
    }
    return this.#send(host, make, request, signal === undefined ? options : { ...options, abortSignal: signal });
  }

  destroy(): void {
    for (const host of this.#mine) host.removeUser();
    this.#mine.clear();
  }

  updateHttpClientConfig(): void {
    // the tier says how sockets are used
  }

  httpHandlerConfigs(): object {
    return {};
  }

  async #send(
    host: SocketHost,
    make: MakeHandler,
    request: SdkHttpRequest,
    options: SdkHandlerOptions,
  ): Promise<{ response: SdkHttpResponse }> {
    const leave = () => {
      this.#inFlight -= 1;
      host.leave();
    };
    try {
      const result = await host.handlerFor(this.#options.tier, make).handle(request, options);
      whenRead(result.response.body, leave);
      return result;
    } catch (error) {
      leave();
      throw error;
    }
  }

  #hostOf(origin: string): SocketHost {
    const host = this.#options.hosts.hostOf(origin);
    if (!this.#mine.has(host)) {
      this.#mine.add(host);
      host.addUser();
      host.tiers.add(this.#options.tier.name);
    }
    return host;
  }
}

// A socket is in use until the answer on it is read, however long that takes.
function whenRead(body: unknown, leave: () => void): void {
  if (body instanceof Readable && !body.closed) body.once("close", leave);
  else leave();
}

let loaded: MakeHandler | undefined;

async function load(): Promise<MakeHandler> {
  loaded = await loadHandler();
  return loaded;
}
