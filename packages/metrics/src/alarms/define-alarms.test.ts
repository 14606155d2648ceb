import { expect, test } from "vitest";
import { counter } from "../counter.ts";
import { defineMetrics } from "../define-metrics.ts";
import { policyMetrics } from "../policy-metrics.ts";
import { replicationMetrics } from "../replication-metrics.ts";
import { selfMetrics } from "../self-metrics.ts";
import { timer } from "../timer.ts";
import { alarmInputs } from "./alarm-inputs.ts";
import { defineAlarms } from "./define-alarms.ts";
import { policyAlarms } from "./policy-alarms.ts";
import { replicationAlarms } from "./replication-alarms.ts";

const definitions = defineMetrics({
  orders: counter({ dimensions: ["shop", "country"], rollups: [["country"]], description: "Orders." }),
  latency: timer({ dimensions: ["shop"], description: "Latency." }),
});
const orders = {
  metric: "orders",
  statistic: "sum",
  comparison: "<",
  threshold: 1,
  periodSeconds: 60,
  missingData: "breaching",
  dimensions: { country: "de" },
  description: "No orders.",
} as const;

test("the ready-made alarms can fire on the ready-made metrics", () => {
  expect(defineAlarms(replicationMetrics, replicationAlarms)).toBe(replicationAlarms);
  expect(defineAlarms({ ...policyMetrics, ...selfMetrics }, policyAlarms)).toBe(policyAlarms);
});

test("the compiler knows metrics and dimensions", () => {
  defineAlarms(definitions, { noOrders: orders });
  // @ts-expect-error no such metric
  expect(() => defineAlarms(definitions, { noOrders: { ...orders, metric: "order" } })).toThrow("noOrders.metric");
  // @ts-expect-error no such dimension
  expect(() => defineAlarms(definitions, { noOrders: { ...orders, dimensions: { region: "x" } } })).toThrow("noOrders");
});

test.each([
  ["watches a form that is not sent: over everything", { dimensions: {} }, "noOrders.dimensions"],
  ["watches a form that is not sent: by shop alone", { dimensions: { shop: "a" } }, "noOrders.dimensions"],
  ["asks a counter for a percentile", { statistic: "p99" }, "noOrders.statistic"],
  ["compares with nothing", { threshold: Number.NaN }, "noOrders.threshold"],
  ["has a period that CloudWatch refuses", { periodSeconds: 45 }, "noOrders.periodSeconds"],
  ["looks more closely than the metric is kept", { periodSeconds: 30 }, "noOrders.periodSeconds"],
  ["wants more data points than periods", { evaluationPeriods: 2, datapointsToAlarm: 3 }, "noOrders.datapointsToAlarm"],
  ["says nothing", { description: "" }, "noOrders.description"],
] as const)("refuses an alarm that %s", (_, change, option) => {
  expect(() => defineAlarms(definitions, { noOrders: { ...orders, ...change } } as never)).toThrow(
    expect.objectContaining({ code: "ERR_HOLDFAST_OPTION", option }),
  );
});

test("an alarm names the very dimensions that are sent, the constant ones included", () => {
  const description = { namespace: "Shop/prod", dimensions: { service: "web" }, definitions };
  expect(alarmInputs(description, { noOrders: orders })).toEqual([
    {
      AlarmName: "Shop-prod-NoOrders",
      AlarmDescription: "No orders. (unit: Count)",
      Namespace: "Shop/prod",
      MetricName: "Orders",
      Dimensions: [
        { Name: "Service", Value: "web" },
        { Name: "Country", Value: "de" },
      ],
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Threshold: 1,
      ComparisonOperator: "LessThanThreshold",
      TreatMissingData: "breaching",
    },
  ]);
});

test("an alarm on some of several periods says so to CloudWatch, and on all of them unless told", () => {
  const description = { namespace: "Shop", dimensions: {}, definitions };
  const [some, all] = alarmInputs(description, {
    someMinutes: { ...orders, evaluationPeriods: 5, datapointsToAlarm: 3 },
    allMinutes: { ...orders, evaluationPeriods: 5 },
  });
  expect(some).toMatchObject({ EvaluationPeriods: 5, DatapointsToAlarm: 3 });
  expect(all).toMatchObject({ EvaluationPeriods: 5, DatapointsToAlarm: 5 });
});

test("an alarm on a value that is sent in another spelling watches that spelling", () => {
  const description = { namespace: "Shop", dimensions: {}, definitions };
  const values = ["", "(none)", "Zürich"].map((country) => {
    const [input] = alarmInputs(description, { noOrders: { ...orders, dimensions: { country } } });
    return input?.Dimensions[0]?.Value;
  });
  expect(values).toEqual(["(empty)", "\\(none)", "Z%C3%BCrich"]);
});
