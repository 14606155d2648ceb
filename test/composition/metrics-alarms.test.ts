import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { circuitBreaker } from "@holdfast/circuit-breaker";
import { bulkhead } from "@holdfast/limiter";
import { startLocalAws } from "@holdfast/local-aws";
import { createMetrics, observe, policyMetrics } from "@holdfast/metrics";
import { alarmInputs, policyAlarms } from "@holdfast/metrics/alarms";
import { cloudWatchSink } from "@holdfast/metrics/cloudwatch";
import { manualClock } from "@holdfast/metrics/testing";
import { retry, retryBudget } from "@holdfast/retry";
import { defineOperation, memoryStore, openJournal } from "@holdfast/rollback";
import { expect, test } from "vitest";

const outage = () =>
  Promise.reject(Object.assign(new Error("down"), { $fault: "server", $metadata: { httpStatusCode: 503 } }));
const swallow = (promise: Promise<unknown>) => promise.catch(() => undefined);

test("real policies in trouble raise the alarms of CloudWatch, each its own", async () => {
  const clock = manualClock(Math.floor(Date.now() / 300_000) * 300_000);
  await using local = await startLocalAws({ clock, quotas: false });
  const client = new CloudWatchClient(local.clientConfig());
  const metrics = createMetrics({
    definitions: policyMetrics,
    namespace: "Alarms",
    sinks: [cloudWatchSink({ client, clock })],
    clock,
    flushIntervalMs: 1e9,
  });
  for (const input of alarmInputs(metrics, policyAlarms)) await client.send(new PutMetricAlarmCommand(input));
  const alarming = async () => {
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ StateValue: "ALARM" }));
    return MetricAlarms.map(({ AlarmName }) => AlarmName!.replace("Alarms-", "")).toSorted();
  };

  const circuit = circuitBreaker({ consecutiveFailures: 1, openMs: 3_600_000 });
  const budget = retryBudget({ style: "tokens", capacity: 0 });
  const limited = bulkhead({ maxConcurrent: 1, maxQueued: 0 });
  const stuck = defineOperation<string>({
    name: "stuck",
    version: 1,
    class: "undoable",
    apply: () => undefined,
    compensate: () => {
      throw new Error("cannot be undone");
    },
  });
  const journal = await openJournal({ store: memoryStore(), operations: [stuck], undo: { maxAttempts: 1 } });
  for (const [name, policy] of Object.entries({ circuit, budget, limited, journal }))
    observe(policy, { metrics, name });

  await metrics.flush();
  await clock.advance(60_000);
  expect(await alarming()).toEqual([]);

  for (let minute = 0; minute < 5; minute++) {
    await swallow(circuit.execute(outage));
    await swallow(retry({ budget, backoff: 0 }).execute(outage));
    const { promise, resolve } = Promise.withResolvers<void>();
    const first = limited.execute(() => promise);
    await swallow(limited.execute(() => "refused"));
    resolve();
    await first;
    if (minute === 4) {
      const transaction = await journal.begin("to be parked");
      await transaction.run(stuck, "x");
      await transaction.rollback("test");
    }
    await metrics.flush();
    await clock.advance(60_000);
  }
  expect(await alarming()).toEqual(["CircuitStaysOpen", "JournalParked", "LimiterSaturated", "RetryBudgetExhausted"]);
  await journal.close();
  await metrics.close();
  client.destroy();
});
