import { retryMiddleware, StandardRetryStrategy } from "@smithy/core/retry";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aws2026 } from "./aws-2026.ts";
import { exponential } from "./exponential.ts";
import { retry } from "./retry.ts";
import { type RetryBudget, retryBudget } from "./retry-budget.ts";
import { sdkRetryStrategy } from "./sdk-retry-strategy.ts";

/** Uniform in [0, 1), the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type MakeError = (random: () => number) => object;
const named =
  (name: string, httpStatusCode = 400): MakeError =>
  () => ({ name, $metadata: { httpStatusCode } });
const coded =
  (code: string): MakeError =>
  () => ({ code, $metadata: {} });
const hinted =
  (headers: (random: () => number) => Record<string, string>): MakeError =>
  (random) => ({
    name: "ThrottlingException",
    $metadata: { httpStatusCode: 400 },
    $response: { statusCode: 400, headers: headers(random) },
  });

const anyOf = <T>(random: () => number, choices: readonly T[]): T => choices[Math.floor(random() * choices.length)]!;

/** An error of which each fact is what it may be, whatever the others are. */
const mixed: MakeError = (random) => {
  const any = <T>(choices: readonly T[]) => anyOf(random, choices);
  const message = any(["", "Signature expired", "NGHTTP2_REFUSED_STREAM", "Failed to fetch", "Load failed"]);
  const facts = {
    name: any(["Error", "AbortError", "InvalidSignatureException", "SlowDown", "RequestTimeout", "throttling", ""]),
    code: any([undefined, null, "EPIPE", "ERR_HTTP2_STREAM_ERROR", "ENOTFOUND", 5]),
    $retryable: any([undefined, undefined, {}, { throttling: true }, { throttling: false }]),
    $metadata: any<object>([{}, { httpStatusCode: 429 }, { httpStatusCode: 599 }, { clockSkewCorrected: true }]),
    $response: any([
      undefined,
      {},
      { statusCode: 400, headers: {} },
      { statusCode: 400, headers: { "Retry-After": "1" } },
    ]),
    cause: random() < 0.2 ? mixed(random) : undefined,
  };
  return Object.assign(any<object>([new Error(message), new TypeError(message), { message }]), facts);
};

// Every row of the SDK's table, what it leaves out, and every form of hint.
const errors: readonly MakeError[] = [
  ..."BandwidthLimitExceeded EC2ThrottledException LimitExceededException PriorRequestNotComplete ProvisionedThroughputExceededException RequestLimitExceeded RequestThrottled RequestThrottledException SlowDown ThrottledException Throttling ThrottlingException TooManyRequestsException TransactionInProgressException TimeoutError RequestTimeout RequestTimeoutException AccessDeniedException ExpiredTokenException RequestExpired ServiceQuotaExceededException ConflictException OperationAborted ResourceInUseException ValidationException InternalError AbortError InvalidSignatureException"
    .split(" ")
    .map((name) => named(name)),
  ..."ECONNRESET ECONNREFUSED EPIPE ETIMEDOUT EHOSTUNREACH ENETUNREACH ENOTFOUND EAI_AGAIN ECONNABORTED EPROTO UND_ERR_SOCKET EMFILE ERR_STREAM_PREMATURE_CLOSE"
    .split(" ")
    .map(coded),
  ...[429, 500, 501, 502, 503, 504, 505, 404].map((status) => named("Unheard", status)),
  () => ({ $retryable: {}, $metadata: {} }),
  () => ({ $retryable: { throttling: true }, $metadata: {} }),
  () => ({ name: "RequestExpired", $metadata: { clockSkewCorrected: true } }),
  () => ({ name: "InvalidSignatureException", message: "Signature expired: then is now earlier", $metadata: {} }),
  () => ({ code: "ERR_HTTP2_STREAM_ERROR", message: "Stream closed with NGHTTP2_REFUSED_STREAM", $metadata: {} }),
  () => ({ code: "ERR_HTTP2_STREAM_ERROR", message: "Stream closed with NGHTTP2_CANCEL", $metadata: {} }),
  () => ({ name: "AbortError", code: "ECONNRESET", $metadata: { httpStatusCode: 503 } }),
  () => new TypeError("Failed to fetch"),
  () => ({ message: "outer", cause: { code: "EPIPE" }, $metadata: {} }),
  () => ({ message: "outer", cause: { message: "inner" }, $metadata: {} }),
  hinted((random) => ({ "retry-after": String(Math.floor(random() * 90)) })),
  hinted((random) => ({ "retry-after": (random() * 3).toFixed(2) })),
  hinted((random) => ({ "retry-after": new Date(Date.now() + random() * 20_000).toUTCString() })),
  hinted(() => ({ "retry-after": "Tue, 29 Apr 2014 18:30:38 GMT, 1.5" })),
  hinted(() => ({ "retry-after": "soon" })),
  hinted(() => ({ "retry-after": "2099-01-01T00:00:00Z" })),
  hinted((random) => ({ "x-amz-retry-after": String(Math.floor(random() * 3_000)) })),
  hinted((random) => ({ "x-amz-retry-after": (random() * 9_000).toFixed(3) })),
  hinted(() => ({ "x-amz-retry-after": "soon" })),
  hinted(() => ({ "X-Amz-Retry-After": "250", "Retry-After": "9" })),
  ...Array.from({ length: 20 }, () => mixed),
];

/** For each call of a sequence, what its attempts meet: an error to make, or a success. */
type Script = readonly (readonly (MakeError | "success")[])[];

function scriptOf(random: () => number): Script {
  const failureRatio = random();
  return Array.from({ length: 1 + Math.floor(random() * 25) }, () =>
    Array.from({ length: 5 }, () => (random() < failureRatio ? anyOf(random, errors) : "success")),
  );
}

/** What one call did: when its attempts began, what it ended with, what was left in the quota. */
type Trace = { startedAt: number[]; outcome: string; tokens: number }[];

async function trace(
  script: Script,
  seed: number,
  run: (attempt: () => Promise<unknown>) => Promise<unknown>,
  tokens: () => number,
): Promise<Trace> {
  const facts = seeded(seed);
  vi.setSystemTime(Date.UTC(2026, 0, 1));
  vi.spyOn(Math, "random").mockImplementation(seeded(seed + 1));
  const calls: Trace = [];
  for (const outcomes of script) {
    const startedAt: number[] = [];
    const attempt = async () => {
      const met = outcomes[startedAt.push(Date.now()) - 1]!;
      if (met === "success") return { output: { $metadata: {} } };
      throw Object.assign(met(facts), { number: startedAt.length });
    };
    let outcome = "";
    run(attempt).then(
      () => {
        outcome = "success";
      },
      (error: { number: number }) => {
        outcome = `error of attempt ${error.number}`;
      },
    );
    while (outcome === "") await vi.advanceTimersToNextTimerAsync();
    calls.push({ startedAt, outcome, tokens: tokens() });
  }
  return calls;
}

const throughSdk = (strategy: object, attempt: () => Promise<unknown>): Promise<unknown> =>
  retryMiddleware({ retryStrategy: async () => strategy, maxAttempts: async () => 3 } as never)(attempt as never, {
    partition_id: "aws",
  })({ input: {}, request: {} } as never);

const tokensIn = (budget: RetryBudget) => Math.round(budget.level * 500);

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What the SDK's client for DynamoDB makes of its standard mode. */
const dynamoDb = {
  theirs: { maxAttempts: 4, baseDelay: 25 },
  ours: { maxAttempts: 4, backoff: exponential({ baseMs: 25, throttlingBaseMs: 1_000 }) },
};

test.each([
  ["the SDK's standard mode", 1_000, { theirs: { maxAttempts: 3 }, ours: {} }],
  ["that of its client for DynamoDB", 250, dynamoDb],
])(
  "decides, pauses and counts as %s on %d scripted sequences, as its strategy and as a policy",
  async (_, sequences, options) => {
    let retried = 0;
    let refused = 0;
    for (let seed = 1; seed <= sequences; seed++) {
      const script = scriptOf(seeded(seed * 7_919));
      // In every fourth sequence the quota is nearly spent, so that it refuses.
      const spent = seed % 4 === 0 ? 480 : 0;
      const standard = new StandardRetryStrategy(options.theirs);
      (standard as unknown as { capacity: number }).capacity -= spent;
      const expected = await trace(
        script,
        seed,
        (attempt) => throughSdk(standard, attempt),
        () => standard.getCapacity(),
      );

      const forStrategy = drained(spent);
      const strategy = sdkRetryStrategy(aws2026({ ...options.ours, budget: forStrategy }));
      const asStrategy = await trace(
        script,
        seed,
        (attempt) => throughSdk(strategy, attempt),
        () => tokensIn(forStrategy),
      );
      expect(asStrategy, `seed ${seed}, as a strategy`).toEqual(expected);

      const forPolicy = drained(spent);
      const policy = retry(aws2026({ ...options.ours, budget: forPolicy, random: () => Math.random() }));
      const asPolicy = await trace(
        script,
        seed,
        (attempt) => policy.execute(attempt),
        () => tokensIn(forPolicy),
      );
      expect(asPolicy, `seed ${seed}, as a policy`).toEqual(expected);

      retried += expected.filter(({ startedAt }) => startedAt.length > 1).length;
      refused += forPolicy.denied;
    }
    expect(retried).toBeGreaterThan(2 * sequences);
    expect(refused).toBeGreaterThan(sequences / 10);
  },
  60_000,
);

/** A budget as `aws2026` has it, of which some is spent. */
function drained(spent: number): RetryBudget {
  const budget = retryBudget({ style: "tokens" });
  for (let i = 0; i < spent / 5; i++) budget.open(undefined).pay(true);
  return budget;
}

test("a long poll pauses before it fails when the quota is empty, as in the SDK", async () => {
  vi.setSystemTime(0);
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const elapsed: number[] = [];
  const empty = retryBudget({ style: "tokens", capacity: 0 });
  const standard = new StandardRetryStrategy(3);
  (standard as unknown as { capacity: number }).capacity = 0;
  for (const strategy of [standard, sdkRetryStrategy(aws2026({ budget: empty, random: () => 0.5 }))]) {
    const startedAt = Date.now();
    const call = retryMiddleware({ retryStrategy: async () => strategy, maxAttempts: async () => 3 } as never)(
      (async () => {
        throw Object.assign(new Error("slow down"), { name: "ThrottlingException", $metadata: {} });
      }) as never,
      { __retryLongPoll: true },
    )({ input: {}, request: {} } as never);
    const settled = call.catch(() => elapsed.push(Date.now() - startedAt));
    await vi.runAllTimersAsync();
    await settled;
  }
  expect(elapsed).toEqual([500, 500]);
});
