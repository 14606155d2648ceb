import { createCloud } from "./cloud.ts";
import { accountCredentials } from "./identity/access-keys.ts";
import { assertKnownOptions, type KnownOptions } from "./known-options.ts";
import type { LocalAws, LocalClientConfig, Place } from "./local-aws.ts";
import type { LocalAwsOptions } from "./local-aws-options.ts";
import { assertAccount, assertNumber } from "./option-error.ts";
import { addSecretFromOptions } from "./secrets-manager/secret-options.ts";
import { secretSnapshots } from "./secrets-manager/secret-snapshot.ts";
import { HttpEndpoint } from "./server/http-endpoint.ts";
import { selfSignedCertificate } from "./tls/self-signed-certificate.ts";

/**
 * Starts an AWS endpoint in this process: Secrets Manager, STS, KMS, IAM's roles and CloudWatch, at the wire level, with faults by rule.
 *
 * Accounts and regions are told apart by the signature, as AWS does. Rejects with `OptionError` when an option is wrong,
 * and with the socket's error when the port cannot be had.
 */
export async function startLocalAws(options: LocalAwsOptions = {}): Promise<LocalAws> {
  const { port = 0, host = "127.0.0.1", tls = false } = options;
  assertNumber("port", port, { min: 0, max: 65_535 });
  const { clock, secrets, roles, faults, responders, calls, handler } = createCloud(options);
  const selfSigned = tls ? selfSignedCertificate(Date.now()) : undefined;
  const http = new HttpEndpoint(handler, host, port, selfSigned);
  await http.listen();
  const close = async () => {
    handler.close();
    await http.stop();
  };
  return {
    endpoint: http.url,
    port: http.port,
    certificate: selfSigned?.certificate,
    faults,
    clientConfig: (place) => clientConfig(http.url, place),
    environment: (place) => environment(clientConfig(http.url, place)),
    respond: (responder) => responders.add(responder),
    calls: (filter) => calls.list(filter),
    clearCalls: () => calls.clear(),
    get totalCalls() {
      return calls.total;
    },
    createRole: (role) => roles.addFromOptions(role, clock.now()).arn,
    createSecret: (secret) => addSecretFromOptions(secrets, secret, placeOf(secret), clock.now()),
    secrets: (place) => secretSnapshots(secrets, ...knownPlaceOf(place), clock.now()),
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

const placeKeys: KnownOptions<keyof Place> = { account: true, region: true };

function knownPlaceOf(place: Place = {}): [account: string, region: string] {
  assertKnownOptions("a place", place, placeKeys);
  return placeOf(place);
}

function clientConfig(endpoint: string, place: Place | undefined): LocalClientConfig {
  const [account, region] = knownPlaceOf(place);
  return { endpoint, region, credentials: accountCredentials(account) };
}

function environment({ endpoint, region, credentials }: LocalClientConfig): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
  };
}
