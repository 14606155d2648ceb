import type { SdkClient } from "./sdk-client.ts";

/** A client that the factory made and keeps. */
export class ClientEntry {
  readonly client: SdkClient;
  readonly service: string;
  readonly region: string | undefined;
  readonly #requests: (() => number) | undefined;
  /** Its place in the order of use. */
  usedAt = 0;
  /** The round of the idle sweep in which it was last used. */
  usedIn = 0;
  /** Calls under way, counted where the client's request handler does not count requests. */
  calls = 0;

  constructor(client: SdkClient, service: string, region: string | undefined, requests: (() => number) | undefined) {
    this.client = client;
    this.service = service;
    this.region = region;
    this.#requests = requests;
  }

  get busy(): boolean {
    return this.calls > 0 || (this.#requests?.() ?? 0) > 0;
  }
}
