import { OptionError } from "@holdfast/errors";
import { BoundedMap } from "./bounded-map.ts";
import { accountGuard } from "./credentials/account-guard.ts";
import { type BaseCredentialsOptions, givenCredentials, standardCredentials } from "./credentials/base-credentials.ts";
import type { CredentialProvider, Credentials } from "./credentials/credentials.ts";
import { fingerprintOf } from "./credentials/fingerprint.ts";
import { StsClients } from "./credentials/sts-clients.ts";
import { type Caller, validateCredentials } from "./credentials/validate-credentials.ts";
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
    const sts = new StsClients(this.#resources, credentials, { profile, endpoint: undefined });
    return { credentials, accountId: undefined, profile, roles: [], sts, guard: this.#guardOf(sts) };
  }

  #source(profile: string | undefined): BaseCredentialsOptions {
    const { options, tiers, localOnly } = this.#resources;
    const { region, endpoint, mfaCode } = options;
    return { profile, region, endpoint, requestHandler: this.#resources.handler(tiers.standard), localOnly, mfaCode };
  }

  #guardOf(sts: StsClients): Identity["guard"] {
    const { expectedAccount } = this.#resources.options;
    if (expectedAccount === undefined) return undefined;
    return accountGuard(async () => {
      await validateCredentials(await callerOf(this.#resources, sts), { expectedAccount });
    });
  }
}

/** How to ask STS about an identity, in the factory's region or where the SDK finds one. */
export async function callerOf({ options, clock }: FactoryResources, sts: StsClients): Promise<Caller> {
  const { credentials, place } = sts;
  return {
    source: credentials.identity,
    profile: place.profile,
    region: options.region ?? (await sts.regionOr("us-east-1")),
    expiresAt: () => credentials.expiresAt,
    now: () => clock.now(),
    clientFor: (region) => sts.in(region),
  };
}

function assertCredentials({ accessKeyId, secretAccessKey }: Credentials): void {
  if (typeof accessKeyId === "string" && typeof secretAccessKey === "string") return;
  throw new OptionError("credentials", "a provider, or an object with accessKeyId and secretAccessKey", undefined);
}
