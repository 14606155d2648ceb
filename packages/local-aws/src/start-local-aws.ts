import { type CallFilter, CallLog, type CallRecord } from "./calls/call-log.ts";
import { type Clock, systemClock } from "./clock.ts";
import { cloudWatch } from "./cloudwatch/cloudwatch.ts";
import type { FaultRule } from "./faults/fault-rule.ts";
import { FaultRules, type Faults } from "./faults/faults.ts";
import { iam } from "./iam/iam.ts";
import { type RoleOptions, RoleStore } from "./iam/role-store.ts";
import { AccessKeys, accountCredentials, type Credentials } from "./identity/access-keys.ts";
import { Authenticator } from "./identity/authenticator.ts";
import { authorizer } from "./identity/authorizer.ts";
import { assertAccount, assertNumber } from "./option-error.ts";
import type { Quota } from "./quotas/default-quotas.ts";
import { Quotas, quotasWith } from "./quotas/quotas.ts";
import { seededRandom } from "./random.ts";
import { Responders } from "./responder/responders.ts";
import type { ScriptedResponder } from "./responder/scripted-reply.ts";
import { type SecretSnapshot, secretSnapshots } from "./secrets-manager/secret-snapshot.ts";
import { SecretStore, type SecretsManagerLags } from "./secrets-manager/secret-store.ts";
import { secretsManager } from "./secrets-manager/secrets-manager.ts";
import { HttpEndpoint } from "./server/http-endpoint.ts";
import { RequestHandler } from "./server/request-handler.ts";
import { sts } from "./sts/sts.ts";
import { selfSignedCertificate } from "./tls/self-signed-certificate.ts";

export interface LocalAwsOptions {
  /** Port to listen at. Default 0: any free one. */
  readonly port?: number | undefined;
  /** Address to listen at. Default `127.0.0.1`. */
  readonly host?: string | undefined;
  /** Decides every random choice: probabilities of faults, ARN suffixes, session keys. Default 1. */
  readonly seed?: number | undefined;
  /** Fault rules in force from the start. Default none. */
  readonly faults?: readonly FaultRule[] | undefined;
  /** Quotas in place of the documented ones of the operations they name; `false` for none at all. Default: as documented. */
  readonly quotas?: readonly Quota[] | false | undefined;
  /** Time of everything but signatures and the `Date` header. Default: the system's. */
  readonly clock?: Clock | undefined;
  /** Roles that exist from the start. Default none. */
  readonly roles?: readonly RoleOptions[] | undefined;
  /** Further access keys that can sign, by id. Default: only those that `clientConfig` gives, and those of sessions. */
  readonly accessKeys?:
    | Readonly<Record<string, { readonly account: string; readonly secretAccessKey: string }>>
    | undefined;
  /** How long AWS takes for what it does later. Default: replicas 200 ms, lists 1,000 ms, forced deletions 200 ms. */
  readonly lags?: Partial<SecretsManagerLags> | undefined;
  /** Whether to listen with TLS, by a certificate made for the occasion. Default false. */
  readonly tls?: boolean | undefined;
  /** Calls kept in the log; the oldest go first. Default 10,000. */
  readonly callCapacity?: number | undefined;
}

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
  /** Adds a role. Returns its ARN. */
  createRole(role: RoleOptions): string;
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

/**
 * Starts an AWS endpoint in this process: Secrets Manager, STS, IAM's roles and CloudWatch, at the wire level, with faults by rule.
 *
 * Accounts and regions are told apart by the signature, as AWS does. Rejects with `OptionError` when an option is wrong.
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { port = 0, host = "127.0.0.1", seed = 1, clock = systemClock, callCapacity = 10_000 } = options;
  assertNumber("port", port, { min: 0, max: 65_535 });
  assertNumber("seed", seed);
  assertNumber("callCapacity", callCapacity, { min: 0 });
  const random = seededRandom(seed);
  const accessKeys = new AccessKeys(random);
  for (const [accessKeyId, key] of Object.entries(options.accessKeys ?? {})) {
    assertAccount(`accessKeys.${accessKeyId}.account`, key.account);
    accessKeys.add(accessKeyId, key);
  }
  const roles = new RoleStore(random);
  for (const role of options.roles ?? []) roles.addFromOptions(role, clock.now());
  const secrets = new SecretStore({ replicaMs: 200, listMs: 1_000, forcedDeletionMs: 200, ...options.lags }, random);
  const faults = new FaultRules(clock, seededRandom(seed + 1)); // a stream of their own: state does not shift the faults
  for (const rule of options.faults ?? []) faults.add(rule);
  const responders = new Responders();
  const calls = new CallLog(callCapacity);
  const handler = new RequestHandler({
    services: [secretsManager(secrets), sts(roles, accessKeys), iam(roles), cloudWatch()],
    accessKeys,
    authenticator: new Authenticator(clock),
    authorize: authorizer(roles),
    faults,
    quotas: new Quotas(quotasWith(options.quotas)),
    responders,
    calls,
    clock,
  });
  const selfSigned = options.tls === true ? selfSignedCertificate(Date.now()) : undefined;
  const http = new HttpEndpoint(handler, host, port, selfSigned);
  await http.listen();
  const endpoint = http.url;
  const close = async () => {
    handler.close();
    await http.stop();
  };
  return {
    endpoint,
    port: http.port,
    certificate: selfSigned?.certificate,
    faults,
    clientConfig: (place) => clientConfig(endpoint, place),
    environment: (place) => environment(endpoint, place),
    respond: (responder) => responders.add(responder),
    calls: (filter) => calls.list(filter),
    clearCalls: () => calls.clear(),
    get totalCalls() {
      return calls.total;
    },
    createRole: (role) => roles.addFromOptions(role, clock.now()).arn,
    secrets: (place) => secretSnapshots(secrets, ...placeOf(place), clock.now()),
    disconnect: () => http.stop(),
    reconnect: () => http.listen(),
    unref: () => http.unref(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function placeOf({ account = "111122223333", region = "us-east-1" }: Place = {}): [account: string, region: string] {
  assertAccount("account", account);
  return [account, region];
}

function clientConfig(endpoint: string, place: Place | undefined): LocalClientConfig {
  const [account, region] = placeOf(place);
  return { endpoint, region, credentials: accountCredentials(account) };
}

function environment(endpoint: string, place: Place | undefined): Record<string, string> {
  const [account, region] = placeOf(place);
  const { accessKeyId, secretAccessKey } = accountCredentials(account);
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
