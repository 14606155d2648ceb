/**
 * What classifying an error costs, beside what people write by hand and the AWS SDK's own pair of predicates, on one
 * mix of twenty sorts of real errors; and whether both come to the same conclusion. Nanoseconds per error, medians.
 */
import { isThrottlingError, isTransientError } from "@smithy/core/retry";
import isNetworkError from "is-network-error";
import { classify, createClassifier } from "../../packages/errors/src/index.ts";
import { median, report, smoke } from "../report.ts";
import { realErrors } from "./real-errors.ts";

const copies = smoke ? 5 : 50;
const passes = 400;
const rounds = smoke ? 5 : 15;
const warmUpRounds = 3;

// The SDK types their parameter more narrowly than what reaches them.
const isThrottling = isThrottlingError as (error: unknown) => boolean;
const isTransient = isTransientError as (error: unknown) => boolean;

const bySort = await realErrors(copies);
const mix = [...Array(copies).keys()].flatMap((copy) => [...bySort.values()].map((errors) => errors[copy] as Error));

const context = { service: "SecretsManager", operation: "GetSecretValue", region: "us-east-1" };
const withRules = createClassifier({
  rules: [
    { code: "FlowError", verdict: { kind: "state" } },
    { service: "Other", operation: "Other", verdict: { retry: "never" } },
  ],
});
const words = [
  "throttl",
  "rate exceeded",
  "too many requests",
  "slow down",
  "timeout",
  "timed out",
  "econnreset",
  "econnrefused",
  "socket hang up",
  "network",
  "connection",
  "enotfound",
  "internal",
  "unavailable",
  "expired",
  "503",
  "500",
  "502",
  "504",
];
const kinds = new Map<unknown, number>(
  [
    "ThrottlingException",
    "TimeoutError",
    "InternalServiceError",
    "ECONNRESET",
    "ECONNREFUSED",
    "AccessDeniedException",
  ].map((name, index) => [name, index]),
);

const candidates: Readonly<Record<string, (error: Error) => unknown>> = {
  "SDK: isThrottlingError || isTransientError": (error) => isThrottling(error) || isTransient(error),
  "classify(error)": (error) => classify(error).retry,
  "classify(error, context), as the plug-in calls it": (error) => classify(error, context).retry,
  "createClassifier with two rules": (error) => withRules(error, context).retry,
  "(name + message).toLowerCase().includes × 19": (error) => {
    const text = `${error.name} ${error.message}`.toLowerCase();
    return words.some((word) => text.includes(word));
  },
  "p-retry: is-network-error": (error) => isNetworkError(error),
  "floor: Map.get(error.name)": (error) => kinds.get(error.name),
};

let sink = 0;
function nsPerError(run: (error: Error) => unknown): number {
  const startedAt = process.hrtime.bigint();
  for (let pass = 0; pass < passes; pass++) for (const error of mix) if (run(error)) sink++;
  return Number(process.hrtime.bigint() - startedAt) / (passes * mix.length);
}

const samples = new Map(Object.keys(candidates).map((name) => [name, [] as number[]]));
for (let round = -warmUpRounds; round < rounds; round++) {
  for (const [name, run] of Object.entries(candidates)) {
    const ns = nsPerError(run);
    if (round >= 0) samples.get(name)?.push(ns);
  }
}
if (sink === 0) throw new Error("nothing was measured");

const ns = Object.fromEntries([...samples].map(([name, values]) => [name, median(values)]));
const sdkNs = ns["SDK: isThrottlingError || isTransientError"] as number;
console.log(
  `Nanoseconds per error, ${mix.length} errors of ${bySort.size} sorts, median of ${rounds} interleaved rounds`,
);
console.table(
  Object.fromEntries(
    Object.entries(ns).map(([name, value]) => [
      name,
      { ns: Number(value.toFixed(1)), "× SDK": Number((value / sdkNs).toFixed(2)) },
    ]),
  ),
);

// Each knowing difference from the SDK, with its reason; anything else that differs is a defect.
const corrections: Readonly<Record<string, string>> = {
  "quota reached": "a quota of resources is not freed by waiting",
  "expired token": "fresh credentials are accepted",
};
const conclusions = [...bySort].map(([sort, [error]]) => {
  const { kind, retry } = classify(error);
  const sdk = isThrottling(error) ? "throttling" : isTransient(error) ? "transient" : "never";
  const ours = retry === "throttling" || retry === "never" ? retry : "transient";
  return { sort, kind, retry, sdk, same: ours === sdk ? "yes" : (corrections[sort] ?? "UNEXPLAINED") };
});
console.table(Object.fromEntries(conclusions.map(({ sort, ...rest }) => [sort, rest])));

const ours = ns["classify(error)"] as number;
const unexplained = conclusions.filter(({ same }) => same === "UNEXPLAINED").length;
report("errors-classify", { ns, conclusions }, [
  {
    goal: "classify(error) no slower than the SDK's pair",
    figure: `${ours.toFixed(1)} ns to ${sdkNs.toFixed(1)} ns`,
    met: ours <= sdkNs,
  },
  {
    goal: "every difference from the SDK is listed with its reason",
    figure: `${unexplained} unexplained`,
    met: unexplained === 0,
  },
]);
