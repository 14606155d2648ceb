import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cloudWatchSink } from "../cloudwatch/cloudwatch-sink.ts";
import { createMetrics } from "../create-metrics.ts";
import type { Instruments } from "../instruments.ts";
import { type ManualClock, manualClock } from "../manual-clock.ts";
import { policyMetrics } from "../policy-metrics.ts";
import { samplesOf } from "../prometheus/exposition.ts";
import { prometheusSink } from "../prometheus/prometheus-sink.ts";
import { replicationMetrics } from "../replication-metrics.ts";
import { selfMetrics } from "../self-metrics.ts";
import type { AlarmDefinition } from "./alarm-definition.ts";
import { alarmInputs } from "./alarm-inputs.ts";
import { policyAlarms } from "./policy-alarms.ts";
import { prometheusRules } from "./prometheus-rules.ts";
import { replicationAlarms } from "./replication-alarms.ts";

const definitions = { ...replicationMetrics, ...policyMetrics };
const allDefinitions = { ...definitions, ...selfMetrics };
const alarms = { ...replicationAlarms, ...policyAlarms };
type AlarmName = keyof typeof alarms;
type Recorders = Instruments<typeof definitions & typeof selfMetrics>;

const route = { sourceRegion: "us-east-1", destinationRegion: "eu-west-1" };

/** What must happen in each period for an alarm to fire; everything happens under real dimensions, as in production. */
const troubles: Readonly<Record<AlarmName, (record: Recorders) => void>> = {
  replicationFailing: ({ replicationFailure }) => replicationFailure.add(6, { ...route, errorType: "throttling" }),
  replicationSlow: ({ replicationDuration }) => replicationDuration.record(5_200, { ...route, transformMode: "sed" }),
  replicationThrottling: ({ replicationThrottled }) =>
    replicationThrottled.add(51, { operation: "PutSecretValue", region: "eu-west-1" }),
  replicationRetriesExhausted: ({ replicationRetry }) =>
    replicationRetry.add(4, { operation: "PutSecretValue", success: false }),
  circuitStaysOpen: ({ circuitOpen }) => circuitOpen.set(1, { policy: "secrets-manager" }),
  retryBudgetExhausted: ({ retryBudgetDenied }) => retryBudgetDenied.add(1, { policy: "secrets-manager" }),
  limiterSaturated: ({ limiterRejections }) =>
    limiterRejections.add(1, { policy: "secrets-manager", reason: "queue-full" }),
  journalParked: ({ journalParked }) => journalParked.add(1, { policy: "journal" }),
  metricsLost: ({ metricsDropped }) => metricsDropped.add(1, { sink: "cloudwatch", reason: "queue-full" }),
};

/** The same, one short of the threshold. */
const nearTroubles: Readonly<Partial<Record<AlarmName, (record: Recorders) => void>>> = {
  replicationFailing: ({ replicationFailure }) => replicationFailure.add(5, { ...route, errorType: "throttling" }),
  replicationSlow: ({ replicationDuration }) => replicationDuration.record(4_800, { ...route, transformMode: "sed" }),
  replicationThrottling: ({ replicationThrottled }) =>
    replicationThrottled.add(50, { operation: "PutSecretValue", region: "eu-west-1" }),
  replicationRetriesExhausted: ({ replicationRetry }) =>
    replicationRetry.add(40, { operation: "PutSecretValue", success: true }),
  circuitStaysOpen: ({ circuitOpen }) => circuitOpen.set(0, { policy: "secrets-manager" }),
};

const names = Object.keys(alarms) as AlarmName[];

describe("CloudWatch, evaluated by the local endpoint on what the SDK sent", () => {
  let local: LocalAws;
  let clock: ManualClock;

  beforeAll(async () => {
    clock = manualClock(Math.floor(Date.now() / 300_000) * 300_000);
    local = await startLocalAws({ clock, quotas: false });
  });
  afterAll(() => local.close());

  /** Records something in each period through the real client, then asks CloudWatch for the alarm's state. */
  async function stateAfter(
    name: AlarmName,
    happens: ((record: Recorders) => void) | undefined,
    account: string,
    during: (period: number) => boolean = () => true,
  ): Promise<string> {
    const client = new CloudWatchClient(local.clientConfig({ account }));
    const metrics = createMetrics({
      definitions,
      namespace: "SecretsReplicator",
      environment: "prod",
      dimensions: { service: "replicator" },
      sinks: [cloudWatchSink({ client, clock })],
      clock,
      flushIntervalMs: 1e9,
    });
    const alarm: AlarmDefinition = alarms[name];
    const [input] = alarmInputs(metrics, { [name]: alarm });
    await client.send(new PutMetricAlarmCommand(input!));
    for (let period = 0; period < (alarm.evaluationPeriods ?? 1); period++) {
      if (during(period)) happens?.(metrics.instruments as Recorders);
      await metrics.flush();
      await clock.advance(alarm.periodSeconds * 1_000);
    }
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNames: [input!.AlarmName] }));
    await metrics.close();
    client.destroy();
    return MetricAlarms[0]?.StateValue ?? "no alarm";
  }

  let accounts = 100_000_000_000;

  test.each(names)("%s fires on what is really sent", async (name) => {
    expect(await stateAfter(name, troubles[name], String(accounts++))).toBe("ALARM");
  });

  test("three of five minutes are enough for an alarm that says so, and two are not", async () => {
    const { limiterSaturated: trouble } = troubles;
    const threeOfFive = (minute: number) => minute % 2 === 0;
    const twoOfFive = (minute: number) => minute % 2 === 1;
    expect(await stateAfter("limiterSaturated", trouble, String(accounts++), threeOfFive)).toBe("ALARM");
    expect(await stateAfter("limiterSaturated", trouble, String(accounts++), twoOfFive)).toBe("OK");
  });

  test.each(names)("%s is quiet when nothing is sent, or not enough", async (name) => {
    expect(await stateAfter(name, nearTroubles[name], String(accounts++))).toBe("OK");
  });
});

const hasPromtool = spawnSync("promtool", ["--version"]).status === 0;

describe.skipIf(!hasPromtool)(
  "Prometheus, evaluated by promtool on what was scraped (skipped without promtool)",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-rules-"));
    afterAll(() => rmSync(folder, { recursive: true }));

    const minutes = 15;
    const scrapesPerMinute = 4;

    /** What a scrape every 15 s sees, when something happens at the beginning of some minutes; as promtool writes series. */
    function scrapedSeries(
      happens: ((record: Recorders) => void) | undefined,
      during: readonly number[],
    ): { series: string; values: string }[] {
      const sink = prometheusSink();
      const metrics = createMetrics({
        definitions,
        namespace: "SecretsReplicator",
        environment: "prod",
        dimensions: { service: "replicator" },
        sinks: [sink],
        clock: manualClock(),
      });
      const values = new Map<string, (number | "_")[]>();
      for (let scrape = 0; scrape <= minutes * scrapesPerMinute; scrape++) {
        if (during.includes(scrape / scrapesPerMinute)) happens?.(metrics.instruments as Recorders);
        for (const family of sink.families()) {
          for (const sample of family.series.flatMap((series) => samplesOf(family, series))) {
            const labels = Object.entries(sample.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
            const name = `${family.name}${sample.suffix}{${labels.join(",")}}`;
            if (!values.has(name)) values.set(name, new Array(scrape).fill("_"));
            values.get(name)!.push(sample.value);
          }
        }
      }
      return [...values].map(([series, list]) => ({ series, values: list.join(" ") }));
    }

    const lastTen = [5, 6, 7, 8, 9, 10, 11, 12, 13, 14];

    function promtool(
      name: AlarmName,
      happens: ((record: Recorders) => void) | undefined,
      fires: boolean,
      during: readonly number[] = lastTen,
    ): void {
      const description = {
        namespace: "SecretsReplicator/prod",
        dimensions: { service: "replicator" },
        definitions: allDefinitions,
      };
      const rules = prometheusRules(description, { [name]: alarms[name] });
      const { alert, labels, annotations } = rules.groups[0]!.rules[0]!;
      const expected = fires ? [{ exp_labels: labels, exp_annotations: annotations }] : [];
      const check = {
        rule_files: ["rules.json"],
        evaluation_interval: "1m",
        tests: [
          {
            interval: "15s",
            input_series: scrapedSeries(happens, during),
            alert_rule_test: [{ eval_time: `${minutes}m`, alertname: alert, exp_alerts: expected }],
          },
        ],
      };
      writeFileSync(join(folder, "rules.json"), JSON.stringify(rules));
      writeFileSync(join(folder, "check.json"), JSON.stringify(check));
      execFileSync("promtool", ["check", "rules", "rules.json"], { cwd: folder, stdio: "pipe" });
      execFileSync("promtool", ["test", "rules", "check.json"], { cwd: folder, stdio: "pipe" });
    }

    test.each(names)("%s fires", (name) => {
      promtool(name, troubles[name], true);
    });

    test("three of five minutes are enough for an alarm that says so, and two are not", () => {
      promtool("limiterSaturated", troubles.limiterSaturated, true, [10, 12, 14]);
      promtool("limiterSaturated", troubles.limiterSaturated, false, [11, 14]);
    });

    test.each(names)("%s is quiet when nothing happens", (name) => {
      promtool(name, undefined, false);
    });
  },
);
