import type { SdkClient } from "./sdk-client.ts";

/** A client that the factory made and keeps. */
export class ClientEntry {
  readonly client: SdkClient;
  readonly service: string;
  readonly region: string | undefined;
  /** Requests of its own handler whose answer has not been read to its end. */
  readonly #requests: () => number;
  /** Its place in the order of use. */
  usedAt = 0;
  /** The round of the idle sweep in which it was last used. */
  usedIn = 0;
  /** Calls under way, their back-offs included. */
  calls = 0;

  constructor(client: SdkClient, service: string, region: string | undefined, requests: () => number) {
    this.client = client;
    this.service = service;
    this.region = region;
    this.#requests = requests;
  }

  get busy(): boolean {
    return this.calls > 0 || this.#requests() > 0;
  }
}
