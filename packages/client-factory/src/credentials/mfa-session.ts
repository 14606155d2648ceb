import type { STSClient } from "@aws-sdk/client-sts";
import { AwsError } from "../errors/aws-error.ts";
import { factsOf } from "../errors/aws-facts.ts";
import { CredentialError } from "../errors/credential-error.ts";
import { importPeer } from "../import-peer.ts";
import type { MfaCode } from "./assume-role-options.ts";
import { type Credentials, credentialsIn } from "./credentials.ts";
import type { StsClients } from "./sts-clients.ts";

export interface MfaEntry {
  readonly client: STSClient;
  /** The code that the AssumeRole itself must carry; `undefined` where the client's session has passed MFA. */
  readonly tokenCode: string | undefined;
}

const sessionSeconds = 43_200;

/**
 * Asks for an MFA code once: with a user's long-term keys a session is made that has passed MFA and lasts twelve
 * hours, and roles are assumed and renewed with it. Session credentials cannot make one; then the code is asked
 * at each renewal of a role, as AWS wants it.
 */
export class MfaSession {
  readonly #source: StsClients;
  readonly #serial: string;
  #session: StsClients | undefined;
  #code: MfaCode | undefined;
  #region = "";
  #spent: string | undefined;

  constructor(source: StsClients, serial: string) {
    this.#source = source;
    this.#serial = serial;
  }

  /** Says which clients use the session that {@link fetch} makes. */
  use(session: StsClients): void {
    this.#session = session;
  }

  async enter(region: string, code: MfaCode | undefined): Promise<MfaEntry> {
    this.#code = code;
    const { sessionToken } = await this.#source.credentials.get();
    if (sessionToken !== undefined || this.#session === undefined) {
      return { client: await this.#source.in(region), tokenCode: await this.#ask() };
    }
    this.#region = region;
    return { client: await this.#session.in(region), tokenCode: undefined };
  }

  /** Makes the session. */
  async fetch(): Promise<Credentials> {
    const { GetSessionTokenCommand } = await importPeer("@aws-sdk/client-sts", () => import("@aws-sdk/client-sts"));
    const client = await this.#source.in(this.#region);
    const input = { SerialNumber: this.#serial, TokenCode: await this.#ask(), DurationSeconds: sessionSeconds };
    const answer = await client.send(new GetSessionTokenCommand(input)).catch((cause: unknown) => {
      throw cause instanceof AwsError ? cause : this.#refused(cause);
    });
    const credentials = credentialsIn(answer.Credentials);
    if (credentials === undefined) throw new CredentialError("STS gave no MFA session", { service: "STS" });
    return credentials;
  }

  async #ask(): Promise<string> {
    if (typeof this.#code === "function") return this.#code(this.#serial);
    if (this.#code === undefined || this.#code === this.#spent) {
      throw new CredentialError(`The MFA code for ${this.#serial} was used, and each can be used once`, {
        remediation: [{ text: "give `mfaCode` as a function that asks for a fresh one" }],
      });
    }
    this.#spent = this.#code;
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
