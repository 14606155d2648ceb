import type { CallFilter, CallRecord } from "./calls/call-log.ts";
import type { Faults } from "./faults/faults.ts";
import type { RoleOptions } from "./iam/role-store.ts";
import type { Credentials } from "./identity/access-keys.ts";
import type { ScriptedResponder } from "./responder/scripted-reply.ts";
import type { SecretOptions } from "./secrets-manager/secret-options.ts";
import type { SecretSnapshot } from "./secrets-manager/secret-snapshot.ts";

/** Whose and where. */
export interface Place {
  /** Twelve digits. Default `111122223333`. */
  readonly account?: string | undefined;
  /** Default `us-east-1`. */
  readonly region?: string | undefined;
}

/** What an SDK client's constructor takes. */
export interface LocalClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
}

/** A local AWS, running. */
export interface LocalAws {
  /** Its URL. */
  readonly endpoint: string;
  readonly port: number;
  /** PEM of the certificate it answers with, for the `ca` of a client's agent; undefined without `tls`. */
  readonly certificate: string | undefined;
  /** For the constructor of any SDK client: the endpoint, a region, and keys of an account. Every account exists. */
  clientConfig(place?: Place): LocalClientConfig;
  /** For the environment of another process, AWS CLI included. */
  environment(place?: Place): Record<string, string>;
  /** Rules for what goes wrong. */
  readonly faults: Faults;
  /** Answers for services not known here. The responder added last is asked first. */
  respond(responder: ScriptedResponder): { readonly answered: number; remove(): void };
  /** Calls that arrived, in order; those that fit the filter, if there is one. */
  calls(filter?: CallFilter): readonly CallRecord[];
  /** Forgets the calls. */
  clearCalls(): void;
  /** Calls that arrived in all, forgotten ones included. */
  readonly totalCalls: number;
  /** Adds a role, or replaces the one of that name. Returns its ARN. */
  createRole(role: RoleOptions): string;
  /** Adds a secret: not a call, no quota, listed at once. Returns its ARN. Throws `OptionError` when its name is taken. */
  createSecret(secret: SecretOptions): string;
  /** The secrets of an account in a region as they truly are, by name: no lag, no quota, not a call. */
  secrets(place?: Place): readonly SecretSnapshot[];
  /** Ends every connection and refuses new ones, as a host does that is down. */
  disconnect(): Promise<void>;
  /** Takes connections again, at the same port. */
  reconnect(): Promise<void>;
  /** Lets the process end though the endpoint runs. */
  unref(): void;
  /** Ends everything; nothing keeps the process alive afterwards. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
