import { CloudWatchClient, DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { type FaultEffect, type LocalAws, startLocalAws } from "../../packages/local-aws/src/index.ts";

/** Twenty sorts of error, each thrown by a real client or by the platform, `copies` of each. */
export async function realErrors(copies: number): Promise<ReadonlyMap<string, readonly Error[]>> {
  await using aws = await startLocalAws({ quotas: false });
  const errors = new Map<string, readonly Error[]>();
  for (const [sort, throwOne] of Object.entries(sorts(aws))) {
    const some: Error[] = [];
    for (let count = 0; count < copies; count++) some.push(await caught(throwOne));
    errors.set(sort, some);
    aws.faults.clear();
  }
  return errors;
}

function sorts(aws: LocalAws): Readonly<Record<string, () => Promise<unknown>>> {
  const config = { ...aws.clientConfig(), maxAttempts: 1 };
  const secrets = new SecretsManagerClient(config);
  const command = new GetSecretValueCommand({ SecretId: "none" });
  const get = () => secrets.send(command);
  const faulted =
    (fault: FaultEffect, client = secrets) =>
    () => {
      aws.faults.clear();
      aws.faults.add(fault);
      return client.send(command);
    };
  const withHandler = (requestHandler: object, endpoint = aws.endpoint) =>
    new SecretsManagerClient({ ...config, endpoint, requestHandler });
  const nobody = withHandler({}, "http://127.0.0.1:1");
  const impatient = withHandler({ requestTimeout: 5, throwOnRequestTimeout: true });
  const unresolved = withHandler(
    {
      httpsAgent: {
        lookup: (hostname: string, _options: unknown, done: (error: Error) => void) =>
          done(
            Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), {
              code: "ENOTFOUND",
              syscall: "getaddrinfo",
              hostname,
            }),
          ),
      },
    },
    "https://secretsmanager.us-east-1.amazonaws.com",
  );
  return {
    "not found (modelled)": get,
    "throttled (unmodelled)": faulted({ fault: "throttle" }),
    "throttled with a hint": faulted({ fault: "throttle", retryAfterMs: 1_000 }),
    denied: faulted({ fault: "denied" }),
    "expired token": faulted({ fault: "expired-credentials" }),
    "internal error 500": faulted({ fault: "error", status: 500, code: "InternalServiceError" }),
    "unavailable 503": faulted({ fault: "outage" }),
    "quota reached": faulted({ fault: "error", status: 400, code: "LimitExceededException" }),
    "validation failed": faulted({ fault: "error", status: 400, code: "ValidationException" }),
    "code unknown, 429": faulted({ fault: "error", status: 429, code: "Whatever" }),
    "proxy's page 503": faulted({ fault: "html" }),
    "connection reset": faulted({ fault: "reset" }),
    "connection refused": () => nobody.send(command),
    "host unknown": () => unresolved.send(command),
    "request timeout": faulted({ fault: "hang" }, impatient),
    aborted: () => secrets.send(command, { abortSignal: AbortSignal.abort() }),
    "role refused (XML)": () =>
      new STSClient(config).send(
        new AssumeRoleCommand({ RoleArn: "arn:aws:iam::444455556666:role/none", RoleSessionName: "bench" }),
      ),
    "throttled (query-compatible)": () => {
      aws.faults.clear();
      aws.faults.add({ fault: "throttle" });
      return new CloudWatchClient(config).send(new DescribeAlarmsCommand({}));
    },
    "fetch refused": () => fetch("http://127.0.0.1:4/"),
    "mistake in a program": async () => (JSON.parse("null") as { send(): void }).send(),
  };
}

async function caught(run: () => Promise<unknown>): Promise<Error> {
  try {
    await run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Expected a failure to measure, but the call succeeded");
}
