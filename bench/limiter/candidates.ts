import { Agent, request as httpRequest } from "node:http";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import {
  ConsecutiveBreaker,
  circuitBreaker,
  retry as cockatielRetry,
  ExponentialBackoff,
  fullJitterGenerator,
  handleWhen,
  wrap,
} from "cockatiel";
import pLimit from "p-limit";
import pRetry from "p-retry";
import { compose } from "../../packages/errors/src/index.ts";
import { CallContext } from "../../packages/errors/src/policy-kit.ts";
import { adaptiveLimiter, rateLimiter } from "../../packages/limiter/src/index.ts";
import { retry } from "../../packages/retry/src/index.ts";
import type { Scenario } from "./scenarios.ts";

export interface Target {
  readonly port: number;
  /** Which client process this is. */
  readonly client: string;
  readonly scenario: Scenario;
}

/** Makes one call of an operation, however often it takes. */
export type Caller = (operation: string) => Promise<unknown>;

/** Every candidate makes the same calls; those that are no SDK client, over the same plain HTTP. */
export const candidates: Readonly<Record<string, (target: Target) => Caller>> = {
  "holdfast retry + adaptiveLimiter": (target) => {
    const send = plainHttp(target);
    const pipeline = compose(retry({ maxAttempts: 10, backoff: 0 }), adaptiveLimiter());
    return (operation) => pipeline.executeWithin(CallContext.root({ call: { operation } }), () => send(operation));
  },
  "sdk standard, 3 attempts": (target) => sdk(target, "standard", 3),
  "sdk standard, 10 attempts": (target) => sdk(target, "standard", 10),
  "sdk adaptive, 10 attempts": (target) => sdk(target, "adaptive", 10),
  "cockatiel, default back-off": (target) => {
    const send = plainHttp(target);
    const policy = cockatielRetry(handleWhen(retryable), { maxAttempts: 9, backoff: new ExponentialBackoff() });
    return (operation) => policy.execute(() => send(operation));
  },
  "cockatiel, full jitter 50 ms to 20 s": (target) => {
    const send = plainHttp(target);
    const backoff = new ExponentialBackoff({ generator: fullJitterGenerator, initialDelay: 50, maxDelay: 20_000 });
    const policy = cockatielRetry(handleWhen(retryable), { maxAttempts: 9, backoff });
    return (operation) => policy.execute(() => send(operation));
  },
  "cockatiel, default + breaker": (target) => {
    const send = plainHttp(target);
    const again = cockatielRetry(
      handleWhen(() => true),
      { maxAttempts: 9, backoff: new ExponentialBackoff() },
    );
    const breaker = circuitBreaker(handleWhen(retryable), { halfOpenAfter: 1_000, breaker: new ConsecutiveBreaker(5) });
    const policy = wrap(again, breaker);
    return (operation) => policy.execute(() => send(operation));
  },
  "p-retry": (target) => {
    const send = plainHttp(target);
    return (operation) => pRetry(() => send(operation), { retries: 9 });
  },
  "p-retry, jitter 100 ms to 5 s": (target) => {
    const send = plainHttp(target);
    return (operation) => pRetry(() => send(operation), jittered);
  },
  "p-retry + p-limit(10)": (target) => {
    const send = plainHttp(target);
    const limit = pLimit(10);
    return (operation) => limit(() => pRetry(() => send(operation), { retries: 9 }));
  },
  "oracle: rateLimiter told the limit": (target) => {
    const send = plainHttp(target);
    const { limits, burst } = target.scenario.server;
    const share = target.scenario.processes;
    const limiter = rateLimiter({ perSecond: limits[0]!.perSecond / share, burst: burst / share });
    return (operation) => limiter.execute(() => send(operation));
  },
};

const jittered = { retries: 9, randomize: true, minTimeout: 100, maxTimeout: 5_000 };

class ServiceError extends Error {
  readonly $fault: "client" | "server";
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(name: string, status: number) {
    super(name);
    this.name = name;
    this.$fault = status >= 500 ? "server" : "client";
    this.$metadata = { httpStatusCode: status };
  }
}

const retryable = (error: unknown) => error instanceof ServiceError;

function plainHttp({ port, client }: Target): (operation: string) => Promise<string> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1_024, maxFreeSockets: 1_024 });
  return (operation) =>
    new Promise((resolve, reject) => {
      const headers = { "x-client": client, "x-operation": operation };
      const request = httpRequest({ port, host: "127.0.0.1", method: "POST", agent, headers }, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          body += chunk;
        });
        response.on("end", () => {
          const status = response.statusCode ?? 0;
          if (status === 200) resolve(body);
          else reject(new ServiceError((JSON.parse(body) as { __type: string }).__type, status));
        });
      });
      request.on("error", reject);
      request.end();
    });
}

function sdk({ port, client }: Target, retryMode: "standard" | "adaptive", maxAttempts: number): Caller {
  const secrets = new SecretsManagerClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: "eu-west-1",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" },
    retryMode,
    maxAttempts,
    requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: 1_024 }) },
    logger: {} as Console,
  });
  let operation = "";
  secrets.middlewareStack.add(
    (next) => (args) => {
      Object.assign((args.request as { headers: Record<string, string> }).headers, {
        "x-client": client,
        "x-operation": operation,
      });
      return next(args);
    },
    { step: "build" },
  );
  return (of) => {
    operation = of;
    return secrets.send(new GetSecretValueCommand({ SecretId: "a" }));
  };
}
