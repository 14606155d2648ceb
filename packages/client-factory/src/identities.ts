import { OptionError } from "@holdfast/errors";
import { BoundedMap } from "./bounded-map.ts";
import { accountGuard } from "./credentials/account-guard.ts";
import { type BaseCredentialsOptions, givenCredentials, standardCredentials } from "./credentials/base-credentials.ts";
import type { CredentialProvider, Credentials } from "./credentials/credentials.ts";
import { fingerprintOf } from "./credentials/fingerprint.ts";
import type { SharedCredentials } from "./credentials/shared-credentials.ts";
import { StsClients } from "./credentials/sts-clients.ts";
import { validateCredentials } from "./credentials/validate-credentials.ts";
import type { FactoryResources } from "./factory-resources.ts";
import type { Identity } from "./identity.ts";

export type GivenCredentials = Credentials | CredentialProvider;

/** The identities that no role was assumed for: the default one, those of profiles, and those given. */
export class Identities {
  readonly #resources: FactoryResources;
  readonly #byProvider = new WeakMap<object, Identity>();
  readonly #byFingerprint = new BoundedMap<string, Identity>(1_000);

  constructor(resources: FactoryResources) {
    this.#resources = resources;
  }

  default(): Identity {
    const { credentials, profile } = this.#resources.options;
    return credentials === undefined ? this.ofProfile(profile) : this.given(credentials);
  }

  ofProfile(profile: string | undefined): Identity {
    const name = profile === undefined ? "default credentials" : `credentials of profile "${profile}"`;
    return this.#identity(name, standardCredentials(this.#source(profile)), profile);
  }

  /** The same identity for the same provider, or for equal fixed keys. */
  given(credentials: GivenCredentials): Identity {
    if (typeof credentials === "function") {
      const known = this.#byProvider.get(credentials);
      if (known !== undefined) return known;
      const made = this.#of(credentials);
      this.#byProvider.set(credentials, made);
      return made;
    }
    assertCredentials(credentials);
    const fixed = { ...credentials };
    return this.#byFingerprint.getOrMake(fingerprintOf(fixed), () => this.#of(async () => fixed));
  }

  #of(provider: CredentialProvider): Identity {
    const { profile } = this.#resources.options;
    return this.#identity("given credentials", givenCredentials(provider, this.#source(profile)), profile);
  }

  #identity(name: string, fetch: CredentialProvider, profile: string | undefined): Identity {
    const credentials = this.#resources.share(name, fetch);
    const guard = this.#guardOf(credentials, profile);
    return { credentials, accountId: undefined, profile, roles: [], stsEndpoint: undefined, guard };
  }

  #source(profile: string | undefined): BaseCredentialsOptions {
    const { options, tiers, localOnly } = this.#resources;
    const { region, endpoint, mfaCode } = options;
    return { profile, region, endpoint, requestHandler: this.#resources.handler(tiers.standard), localOnly, mfaCode };
  }

  #guardOf(credentials: SharedCredentials, profile: string | undefined): Identity["guard"] {
    const { expectedAccount, region } = this.#resources.options;
    if (expectedAccount === undefined) return undefined;
    const caller = callerOf(this.#resources, { credentials, profile, stsEndpoint: undefined });
    return accountGuard(async () => {
      await validateCredentials(await caller(region), { expectedAccount });
    });
  }
}

/** How to ask STS about an identity, in a region or where the SDK finds one. */
export function callerOf(
  resources: FactoryResources,
  identity: Pick<Identity, "credentials" | "profile" | "stsEndpoint">,
): (region: string | undefined) => Promise<Parameters<typeof validateCredentials>[0]> {
  const { credentials, profile, stsEndpoint } = identity;
  const sts = new StsClients(resources, credentials, { profile, endpoint: stsEndpoint });
  return async (region) => ({
    source: credentials.identity,
    profile,
    region: region ?? (await sts.regionOr("us-east-1")),
    expiresAt: () => credentials.expiresAt,
    now: () => resources.clock.now(),
    clientFor: (where) => sts.in(where),
  });
}

function assertCredentials({ accessKeyId, secretAccessKey }: Credentials): void {
  if (typeof accessKeyId === "string" && typeof secretAccessKey === "string") return;
  throw new OptionError("credentials", "a provider, or an object with accessKeyId and secretAccessKey", undefined);
}
