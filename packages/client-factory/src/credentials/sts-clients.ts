import type { STSClient, STSClientConfig } from "@aws-sdk/client-sts";
import { BoundedMap } from "../bounded-map.ts";
import type { FactoryResources } from "../factory-resources.ts";
import { importPeer } from "../import-peer.ts";
import { MfaSession } from "./mfa-session.ts";
import { renewExpired } from "./renewing-strategy.ts";
import type { SharedCredentials } from "./shared-credentials.ts";

export interface StsPlace {
  /** Whose region is asked if no other is given. */
  readonly profile: string | undefined;
  /** Default: the factory's. */
  readonly endpoint: string | undefined;
}

/**
 * The STS clients that the factory itself uses for an identity, one per region, with its endpoint and its sockets.
 * They retry as the SDK does and not by the factory's policy: credentials are renewed inside a call that may
 * hold the last place of a bulkhead, and would then wait for itself.
 */
export class StsClients {
  readonly credentials: SharedCredentials;
  readonly place: StsPlace;
  readonly #resources: FactoryResources;
  readonly #clients = new BoundedMap<string | undefined, Promise<STSClient>>(100);
  readonly #mfaSessions = new BoundedMap<string, MfaSession>(100);

  constructor(resources: FactoryResources, credentials: SharedCredentials, place: StsPlace) {
    this.#resources = resources;
    this.credentials = credentials;
    this.place = place;
  }

  in(region: string | undefined): Promise<STSClient> {
    return this.#clients.getOrMake(region, () => this.#make(region));
  }

  /** The region the SDK finds by itself, in the environment or the profile; else the given one. */
  async regionOr(fallback: string): Promise<string> {
    const client = await this.in(undefined);
    return client.config.region().catch(() => fallback);
  }

  /** The session of an MFA device, one for all roles that want it. */
  mfaSession(serial: string): MfaSession {
    return this.#mfaSessions.getOrMake(serial, () => {
      const session = new MfaSession(this, serial);
      const shared = this.#resources.share(`MFA session of ${this.credentials.identity}`, () => session.fetch());
      session.use(new StsClients(this.#resources, shared, this.place));
      return session;
    });
  }

  async #make(region: string | undefined): Promise<STSClient> {
    const { STSClient } = await importPeer("@aws-sdk/client-sts", () => import("@aws-sdk/client-sts"));
    const { tiers, options } = this.#resources;
    const { profile, endpoint = options.endpoint } = this.place;
    const client = new STSClient({
      ...(region === undefined ? {} : { region }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(profile === undefined ? {} : { profile }),
      credentials: this.credentials.provider as NonNullable<STSClientConfig["credentials"]>,
      maxAttempts: tiers.standard.maxAttempts,
      requestHandler: this.#resources.handler(tiers.standard),
    });
    renewExpired(client.config, this.credentials);
    return client;
  }
}
