import type { STSClient } from "@aws-sdk/client-sts";
import { AwsError } from "../errors/aws-error.ts";
import { factsOf } from "../errors/aws-facts.ts";
import { CredentialError } from "../errors/credential-error.ts";
import type { FactoryResources } from "../factory-resources.ts";
import { importPeer } from "../import-peer.ts";
import type { AssumeRoleOptions } from "./assume-role-options.ts";
import { type Credentials, credentialsIn } from "./credentials.ts";
import type { RoleSource } from "./role-credentials.ts";
import type { SharedCredentials } from "./shared-credentials.ts";
import { StsClients } from "./sts-clients.ts";

export interface MfaEntry {
  readonly client: STSClient;
  /** The code that the AssumeRole itself must carry; `undefined` where the client's session has passed MFA. */
  readonly tokenCode: string | undefined;
}

const sessionSeconds = 43_200;

/**
 * Asks for an MFA code once: with a user's long-term keys a session is made that has passed MFA and lasts twelve
 * hours, and the role is assumed and renewed with it. Session credentials cannot make one; then the code is
 * asked at each renewal of the role, as AWS wants it.
 */
export class MfaSession {
  readonly #source: RoleSource;
  readonly #sourceSts: StsClients;
  readonly #serial: string;
  readonly #code: AssumeRoleOptions["mfaCode"];
  readonly #session: SharedCredentials;
  readonly #sessionSts: StsClients;
  #region = "";
  #spent = false;

  constructor(resources: FactoryResources, source: RoleSource, sourceSts: StsClients, options: AssumeRoleOptions) {
    this.#source = source;
    this.#sourceSts = sourceSts;
    this.#serial = options.mfaSerial ?? "";
    this.#code = options.mfaCode;
    this.#session = resources.share(`MFA session of ${source.credentials.identity}`, () => this.#makeSession());
    this.#sessionSts = new StsClients(resources, this.#session, source);
  }

  async enter(region: string): Promise<MfaEntry> {
    const { sessionToken } = await this.#source.credentials.get();
    if (sessionToken !== undefined) return { client: await this.#sourceSts.in(region), tokenCode: await this.#ask() };
    this.#region = region;
    return { client: await this.#sessionSts.in(region), tokenCode: undefined };
  }

  async #makeSession(): Promise<Credentials> {
    const { GetSessionTokenCommand } = await importPeer("@aws-sdk/client-sts", () => import("@aws-sdk/client-sts"));
    const client = await this.#sourceSts.in(this.#region);
    const SerialNumber = this.#serial;
    const command = new GetSessionTokenCommand({
      SerialNumber,
      TokenCode: await this.#ask(),
      DurationSeconds: sessionSeconds,
    });
    const answer = await client.send(command).catch((cause: unknown) => {
      throw cause instanceof AwsError ? cause : this.#refused(cause);
    });
    const credentials = credentialsIn(answer.Credentials);
    if (credentials === undefined) throw new CredentialError("STS gave no MFA session", { service: "STS" });
    return credentials;
  }

  async #ask(): Promise<string> {
    if (typeof this.#code === "function") return this.#code(this.#serial);
    if (this.#spent || this.#code === undefined) {
      throw new CredentialError(`The MFA code for ${this.#serial} was used, and each can be used once`, {
        remediation: [{ text: "give `mfaCode` as a function that asks for a fresh one" }],
      });
    }
    this.#spent = true;
    return this.#code;
  }

  #refused(cause: unknown): CredentialError {
    const facts = { service: "STS", operation: "GetSessionToken", region: this.#region, ...factsOf(cause) };
    const remediation = [{ text: "check the serial number, and that the code is fresh: each can be used once" }];
    return new CredentialError(
      `STS did not accept the MFA code for ${this.#serial} (${facts.awsCode ?? "no code"})`,
      { ...facts, remediation },
      { cause },
    );
  }
}
