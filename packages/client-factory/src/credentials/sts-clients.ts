import type { STSClient, STSClientConfig } from "@aws-sdk/client-sts";
import type { FactoryResources } from "../factory-resources.ts";
import { importPeer } from "../import-peer.ts";
import { renewExpired } from "./renewing-strategy.ts";
import type { SharedCredentials } from "./shared-credentials.ts";

export interface StsPlace {
  /** Whose region is asked if no other is given. */
  readonly profile: string | undefined;
  /** Default: the factory's. */
  readonly endpoint: string | undefined;
}

/**
 * The STS clients that the factory itself uses, one per region, with its endpoint and its sockets.
 * They retry as the SDK does and not by the factory's policy: credentials are renewed inside a call that may
 * hold the last place of a bulkhead, and would then wait for itself.
 */
export class StsClients {
  readonly #resources: FactoryResources;
  readonly #credentials: SharedCredentials;
  readonly #place: StsPlace;
  readonly #clients = new Map<string | undefined, Promise<STSClient>>();

  constructor(resources: FactoryResources, credentials: SharedCredentials, place: StsPlace) {
    this.#resources = resources;
    this.#credentials = credentials;
    this.#place = place;
  }

  in(region: string | undefined): Promise<STSClient> {
    let client = this.#clients.get(region);
    if (client === undefined) {
      client = this.#make(region);
      this.#clients.set(region, client);
    }
    return client;
  }

  /** The region the SDK finds by itself, in the environment or the profile; else the given one. */
  async regionOr(fallback: string): Promise<string> {
    const client = await this.in(undefined);
    return client.config.region().catch(() => fallback);
  }

  async #make(region: string | undefined): Promise<STSClient> {
    const { STSClient } = await importPeer("@aws-sdk/client-sts", () => import("@aws-sdk/client-sts"));
    const { tiers, options } = this.#resources;
    const { profile, endpoint = options.endpoint } = this.#place;
    const client = new STSClient({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(profile === undefined ? {} : { profile }),
      credentials: this.#credentials.provider as NonNullable<STSClientConfig["credentials"]>,
      maxAttempts: tiers.standard.maxAttempts,
      requestHandler: this.#resources.handler(tiers.standard),
    });
    renewExpired(client.config, this.#credentials);
    return client;
  }
}
