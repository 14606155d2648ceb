import { expect, test } from "vitest";
import {
  cloudFormationTemplate,
  cloudWatchDashboard,
  defineAlarms,
  estimateCost,
  grafanaDashboard,
  prometheusRules,
} from "./alarms.ts";
import { cloudWatchSink } from "./cloudwatch.ts";
import { counter } from "./counter.ts";
import { createMetrics } from "./create-metrics.ts";
import { defineMetrics } from "./define-metrics.ts";
import { emfSink } from "./emf.ts";
import { flushAfterInvocation } from "./flush-after-invocation.ts";
import { healthHandler } from "./health/health-handler.ts";
import { memorySink } from "./memory-sink.ts";
import { observe } from "./observe/observe.ts";
import { callSpans, openTelemetrySink } from "./opentelemetry.ts";
import { policyMetrics } from "./policy-metrics.ts";
import { prometheusHandler, prometheusSink } from "./prometheus.ts";
import { metricsRecorder, sdkMetrics, sdkMetricsPlugin } from "./sdk.ts";

const definitions = { ...policyMetrics, ...sdkMetrics };
const metrics = createMetrics({ definitions, namespace: "Shop", sinks: [], enabled: false });
const bare = createMetrics({ definitions: {}, namespace: "Shop", sinks: [], enabled: false });
const client = { send: () => Promise.reject(new Error("not called")) };
const meter = { createCounter() {}, createHistogram() {}, createObservableGauge() {} } as never;
const tracer = { startSpan() {} } as never;
const alarm = {
  metric: "policyGiveUps",
  statistic: "sum",
  comparison: ">",
  threshold: 1,
  periodSeconds: 60,
  missingData: "notBreaching",
  description: "Calls fail.",
} as const;

/** Everything that takes options, given right ones and `extra`. */
const takers: Readonly<Record<string, (extra: object) => unknown>> = {
  createMetrics: (extra) => createMetrics({ definitions, namespace: "Shop", sinks: [], enabled: false, ...extra }),
  memorySink: (extra) => memorySink({ ...extra }),
  cloudWatchSink: (extra) => cloudWatchSink({ client, ...extra }),
  emfSink: (extra) => emfSink({ ...extra }),
  openTelemetrySink: (extra) => openTelemetrySink({ meter, ...extra }),
  callSpans: (extra) => callSpans({ tracer, ...extra }),
  prometheusSink: (extra) => prometheusSink({ ...extra }),
  healthHandler: (extra) => healthHandler({ ...extra }),
  observe: (extra) => observe({ kind: "retry" }, { metrics, name: "p", ...extra }),
  flushAfterInvocation: (extra) => flushAfterInvocation(metrics, () => undefined, { ...extra }),
  sdkMetricsPlugin: (extra) => sdkMetricsPlugin({ metrics, ...extra }),
  metricsRecorder: (extra) => metricsRecorder({ metrics, ...extra }),
  cloudFormationTemplate: (extra) => cloudFormationTemplate(metrics, { alarms: {}, ...extra }),
  cloudWatchDashboard: (extra) => cloudWatchDashboard(metrics, { region: "eu-west-1", ...extra }),
  grafanaDashboard: (extra) => grafanaDashboard(metrics, { title: "Shop", ...extra }),
  prometheusRules: (extra) => prometheusRules(metrics, {}, { ...extra }),
  estimateCost: (extra) => estimateCost(metrics, { ...extra }),
  "a metric of defineMetrics": (extra) => defineMetrics({ orders: counter({ description: "O.", ...extra }) }),
  "an alarm of defineAlarms": (extra) => defineAlarms(definitions, { callsFail: { ...alarm, ...extra } }),
};

test.each(Object.entries(takers))("%s refuses an option it does not have, and names those it has", (_, take) => {
  expect(() => take({})).not.toThrow();
  expect(() => take({ mispelt: undefined })).not.toThrow();
  expect(() => take({ mispelt: 1 })).toThrow(
    expect.objectContaining({
      code: "ERR_HOLDFAST_OPTION",
      option: "mispelt",
      message: expect.stringMatching(/^Expected `mispelt` to be left out: the options of .+ are \w+/),
    }),
  );
});

test.each<[string, () => unknown, string]>([
  ["maxBatches", () => memorySink({ maxBatches: 0 }), "maxBatches"],
  ["a policy that is none", () => cloudWatchSink({ client, policy: {} as never }), "policy"],
  ["a part that is none", () => healthHandler({ parts: { disk: "ok" as never } }), "parts.disk"],
  ["a dashboard without region", () => cloudWatchDashboard(metrics, {} as never), "region"],
  ["a dashboard without title", () => grafanaDashboard(metrics, {} as never), "title"],
  ["a negative margin", () => flushAfterInvocation(metrics, () => undefined, { marginMs: -1 }), "marginMs"],
  ["half a process", () => estimateCost(metrics, { processes: 0.5 }), "processes"],
  ["a sink that is none", () => prometheusHandler(undefined as never), "sink"],
  ["what has no events", () => observe({}, { metrics, name: "p" }), "policy"],
  ["a policy not made yet", () => observe((() => {}) as never, { metrics, name: "p" }), "policy"],
  ["no policy at all", () => observe(null as never, { metrics, name: "p" }), "policy"],
  [
    "metrics without those of policies",
    () => observe({ kind: "retry" }, { metrics: bare as never, name: "p" }),
    "metrics",
  ],
  ["no metrics", () => observe({ kind: "retry" }, { name: "p" } as never), "metrics"],
  ["no options at all", () => cloudWatchSink(undefined as never), "options"],
])("refuses %s", (_, make, option) => {
  expect(make).toThrow(expect.objectContaining({ code: "ERR_HOLDFAST_OPTION", option }));
});
