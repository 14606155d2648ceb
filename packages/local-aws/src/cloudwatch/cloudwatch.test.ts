import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { AwsQueryProtocol, AwsSmithyRpcV2CborProtocol } from "@aws-sdk/core/protocols";
import { expect, test } from "vitest";
import { failureOf, rig } from "../../test/rig.ts";

const Namespace = "Holdfast/Test";

test("gives back what was sent, newest first, one value per period", async () => {
  await using aws = await rig();
  const client = aws.cloudWatch();
  const minute = new Date(aws.clock.now() - (aws.clock.now() % 60_000) - 600_000);
  const later = new Date(minute.getTime() + 60_000);
  await client.send(
    new PutMetricDataCommand({
      Namespace,
      MetricData: [
        { MetricName: "Retries", Timestamp: minute, Value: 2 },
        { MetricName: "Retries", Timestamp: minute, Values: [1, 5], Counts: [3, 1] },
        {
          MetricName: "Retries",
          Timestamp: later,
          StatisticValues: { SampleCount: 4, Sum: 40, Minimum: 1, Maximum: 20 },
        },
      ],
    }),
  );
  const stat = (Stat: string) => ({
    Id: Stat.toLowerCase(),
    MetricStat: { Metric: { Namespace, MetricName: "Retries" }, Period: 60, Stat },
  });
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: minute,
      EndTime: new Date(later.getTime() + 60_000),
      MetricDataQueries: ["Sum", "SampleCount", "Average", "Minimum", "Maximum", "p50"].map(stat),
    }),
  );
  const values = Object.fromEntries(MetricDataResults.map(({ Id, Values }) => [Id, Values]));
  expect(values).toEqual({
    sum: [40, 10],
    samplecount: [4, 5],
    average: [10, 2],
    minimum: [1, 1],
    maximum: [20, 5],
    p50: [1], // the statistic set of the newer minute hides its values
  });
  expect(MetricDataResults[0]?.Timestamps).toEqual([later, minute]);
});

test("gives what lies from the start, to the end and not on it", async () => {
  await using aws = await rig();
  const client = aws.cloudWatch();
  const start = aws.clock.now() - (aws.clock.now() % 60_000) - 600_000;
  const MetricData = [-60_000, 0, 60_000, 120_000].map((ms) => ({
    MetricName: "N",
    Value: ms / 60_000 + 10,
    Timestamp: new Date(start + ms),
  }));
  await client.send(new PutMetricDataCommand({ Namespace, MetricData }));
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(start + 59_999), // rounded down to its minute
      EndTime: new Date(start + 120_000),
      ScanBy: "TimestampAscending",
      MetricDataQueries: [{ Id: "a", MetricStat: { Metric: { Namespace, MetricName: "N" }, Period: 60, Stat: "Sum" } }],
    }),
  );
  expect(MetricDataResults?.[0]?.Values).toEqual([10, 11]);
});

test("takes the nearest rank as a percentile", async () => {
  await using aws = await rig();
  const client = aws.cloudWatch();
  const at = new Date(aws.clock.now() - 120_000);
  const Values = Array.from({ length: 100 }, (_, index) => index + 1);
  await client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "Ms", Timestamp: at, Values }] }));
  const { Datapoints = [] } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace,
      MetricName: "Ms",
      StartTime: new Date(at.getTime() - 60_000),
      EndTime: new Date(at.getTime() + 60_000),
      Period: 300,
      ExtendedStatistics: ["p99", "p0", "p99.9", "p100"],
    }),
  );
  expect(Datapoints[0]?.ExtendedStatistics).toEqual({ p99: 99, p0: 1, "p99.9": 100, p100: 100 });
});

test("reads a compressed request, which the client sends from 10 KiB", async () => {
  await using aws = await rig();
  const client = aws.cloudWatch();
  const Dimensions = [{ Name: "Region", Value: "eu-west-1" }];
  const MetricData = Array.from({ length: 400 }, (_, index) => ({
    MetricName: `Metric${index}`,
    Dimensions,
    Value: index,
  }));
  await client.send(new PutMetricDataCommand({ Namespace, MetricData }));
  expect(aws.local.calls()[0]).toMatchObject({ contentEncoding: "gzip", operation: "PutMetricData", status: 200 });
  const { Metrics } = await client.send(new ListMetricsCommand({ Namespace, MetricName: "Metric399" }));
  expect(Metrics).toEqual([{ Namespace, MetricName: "Metric399", Dimensions }]);
});

test("keeps metrics with other dimensions apart, in whatever order those are given", async () => {
  await using aws = await rig();
  const client = aws.cloudWatch();
  const [a, b] = [
    { Name: "A", Value: "1" },
    { Name: "B", Value: "2" },
  ];
  const put = (Dimensions: { Name: string; Value: string }[], Value: number) =>
    client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "N", Dimensions, Value }] }));
  await put([a!, b!], 1);
  await put([b!, a!], 2);
  await put([a!], 10);
  const { Metrics = [] } = await client.send(new ListMetricsCommand({ Dimensions: [{ Name: "A" }] }));
  expect(Metrics).toHaveLength(2);
  const sum = await client.send(
    new GetMetricStatisticsCommand({
      Namespace,
      MetricName: "N",
      Dimensions: [b!, a!],
      StartTime: new Date(aws.clock.now() - 60_000),
      EndTime: new Date(aws.clock.now() + 60_000),
      Period: 60,
      Statistics: ["Sum"],
    }),
  );
  expect(sum.Datapoints?.map(({ Sum }) => Sum)).toEqual([3]);
  expect(sum.Datapoints?.[0]).not.toHaveProperty("ExtendedStatistics");
});

test.each([
  ["both Value and Values", { Value: 1, Values: [1] }, "InvalidParameterCombinationException"],
  ["no value at all", {}, "MissingRequiredParameterException"],
  ["a value beyond 2^360", { Value: 2 ** 361 }, "InvalidParameterValueException"],
  ["151 values", { Values: Array.from({ length: 151 }, () => 1) }, "InvalidParameterValueException"],
  ["an unknown unit", { Value: 1, Unit: "Furlongs" }, "InvalidParameterValueException"],
  [
    "a time over two weeks ago",
    { Value: 1, Timestamp: new Date(Date.now() - 15 * 86_400_000) },
    "InvalidParameterValueException",
  ],
  [
    "a time over two hours ahead",
    { Value: 1, Timestamp: new Date(Date.now() + 3 * 3_600_000) },
    "InvalidParameterValueException",
  ],
  [
    "31 dimensions",
    { Value: 1, Dimensions: Array.from({ length: 31 }, (_, n) => ({ Name: `D${n}`, Value: "x" })) },
    "InvalidParameterValueException",
  ],
  ["a dimension beyond ASCII", { Value: 1, Dimensions: [{ Name: "D", Value: "ü" }] }, "InvalidParameterValueException"],
])("refuses a datum with %s", async (_what, datum, name) => {
  await using aws = await rig();
  const MetricData = [{ MetricName: "N", ...datum }] as ConstructorParameters<
    typeof PutMetricDataCommand
  >[0]["MetricData"];
  const error = await failureOf(aws.cloudWatch().send(new PutMetricDataCommand({ Namespace, MetricData })));
  expect(error.name).toBe(name);
  expect(error.message).toContain("MetricData.member.1.");
  expect(error.Code).toBe(name.replace(/Exception$/, "").replace("MissingRequiredParameter", "MissingParameter"));
  expect(error.$metadata?.httpStatusCode).toBe(400);
});

test("refuses 1,001 data, and takes none of them", async () => {
  await using aws = await rig({ quotas: false });
  const client = aws.cloudWatch();
  const MetricData = Array.from({ length: 1_001 }, () => ({ MetricName: "N", Value: 1 }));
  expect((await failureOf(client.send(new PutMetricDataCommand({ Namespace, MetricData })))).name).toBe(
    "InvalidParameterValueException",
  );
  expect((await client.send(new ListMetricsCommand({}))).Metrics).toEqual([]);
  await client.send(new PutMetricDataCommand({ Namespace, MetricData: MetricData.slice(1) }));
});

test("refuses a request of more than 1 MiB, however well it compresses", async () => {
  await using aws = await rig();
  const Dimensions = Array.from({ length: 20 }, (_, n) => ({ Name: `D${n}`, Value: "x".repeat(100) }));
  const MetricData = Array.from({ length: 500 }, () => ({ MetricName: "N", Value: 1, Dimensions }));
  const error = await failureOf(aws.cloudWatch().send(new PutMetricDataCommand({ Namespace, MetricData })));
  expect(error).toMatchObject({ name: "RequestEntityTooLarge", $metadata: { httpStatusCode: 413 } });
  expect(aws.local.calls()[0]?.bodyBytes).toBeLessThan(100_000);
});

test("answers an unknown alarm with 404 and the query code, as real CloudWatch does for SDK clients", async () => {
  await using aws = await rig();
  const command = new SetAlarmStateCommand({ AlarmName: "none", StateValue: "OK", StateReason: "test" });
  const error = await failureOf(aws.cloudWatch().send(command));
  expect(error).toMatchObject({ Code: "ResourceNotFound", $metadata: { httpStatusCode: 404 } });
});

test("throttles by the name of Throttling", async () => {
  await using aws = await rig({ faults: [{ fault: "throttle", service: "monitoring" }] });
  const error = await failureOf(aws.cloudWatch().send(new ListMetricsCommand({})));
  expect(error).toMatchObject({ name: "Throttling", $metadata: { httpStatusCode: 400 } });
});

test("an alarm fires on what was sent and clears when it stops", async () => {
  await using aws = await rig({ quotas: false });
  const client = aws.cloudWatch();
  await client.send(
    new PutMetricAlarmCommand({
      AlarmName: "failures",
      Namespace,
      MetricName: "Failures",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 2,
      Threshold: 3,
      ComparisonOperator: "GreaterThanThreshold",
      TreatMissingData: "notBreaching",
    }),
  );
  const state = async () =>
    (await client.send(new DescribeAlarmsCommand({ AlarmNames: ["failures"] }))).MetricAlarms?.[0]?.StateValue;
  const send = (Value: number) =>
    client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "Failures", Value }] }));
  aws.clock.advance(60_000 - (aws.clock.now() % 60_000)); // to the start of a minute
  expect(await state()).toBe("OK");
  await send(4);
  aws.clock.advance(60_000);
  expect(await state()).toBe("OK"); // one of two
  await send(4);
  aws.clock.advance(59_999);
  expect(await state()).toBe("OK"); // the minute is not over
  aws.clock.advance(1);
  expect(await state()).toBe("ALARM");
  aws.clock.advance(120_000);
  expect(await state()).toBe("ALARM"); // two real values are still in the range, and real ones go before missing ones
  aws.clock.advance(60_000);
  expect(await state()).toBe("OK");
});

test("an alarm sees data that came late for a minute already evaluated", async () => {
  await using aws = await rig();
  const client = aws.cloudWatch();
  const alarm = {
    AlarmName: "late",
    Namespace,
    MetricName: "N",
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
  } as const;
  await client.send(new PutMetricAlarmCommand({ ...alarm, Threshold: 0, ComparisonOperator: "GreaterThanThreshold" }));
  const state = async () => (await client.send(new DescribeAlarmsCommand({}))).MetricAlarms?.[0]?.StateValue;
  expect(await state()).toBe("INSUFFICIENT_DATA");
  const Timestamp = new Date(aws.clock.now() - (aws.clock.now() % 60_000) - 1);
  await client.send(new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "N", Value: 1, Timestamp }] }));
  expect(await state()).toBe("ALARM");
});

test("an alarm on one set of dimensions does not see the data of another", async () => {
  await using aws = await rig({ quotas: false });
  const client = aws.cloudWatch();
  await client.send(
    new PutMetricAlarmCommand({
      AlarmName: "undimensioned",
      Namespace,
      MetricName: "Failures",
      Statistic: "Sum",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: "GreaterThanThreshold",
    }),
  );
  await client.send(
    new PutMetricDataCommand({
      Namespace,
      MetricData: [{ MetricName: "Failures", Value: 1, Dimensions: [{ Name: "Region", Value: "eu-west-1" }] }],
    }),
  );
  aws.clock.advance(120_000);
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms?.[0]?.StateValue).toBe("INSUFFICIENT_DATA");
});

test("evaluates an alarm over metric math", async () => {
  await using aws = await rig({ quotas: false });
  const client = aws.cloudWatch();
  const metric = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: { Metric: { Namespace, MetricName }, Period: 60, Stat: "Sum" },
  });
  await client.send(
    new PutMetricAlarmCommand({
      AlarmName: "ratio",
      Metrics: [
        metric("errors", "Errors"),
        metric("calls", "Calls"),
        { Id: "ratio", Expression: "100 * errors / calls" },
      ],
      EvaluationPeriods: 1,
      Threshold: 50,
      ComparisonOperator: "GreaterThanOrEqualToThreshold",
    }),
  );
  const send = (errors: number, calls: number) =>
    client.send(
      new PutMetricDataCommand({
        Namespace,
        MetricData: [
          { MetricName: "Errors", Value: errors },
          { MetricName: "Calls", Value: calls },
        ],
      }),
    );
  const state = async () => (await client.send(new DescribeAlarmsCommand({}))).MetricAlarms?.[0]?.StateValue;
  aws.clock.advance(60_000 - (aws.clock.now() % 60_000));
  await send(49, 100);
  aws.clock.advance(60_000);
  expect(await state()).toBe("OK");
  await send(50, 100);
  aws.clock.advance(60_000);
  expect(await state()).toBe("ALARM");
});

test("keeps a dashboard and refuses one that is not JSON", async () => {
  await using aws = await rig();
  const client = aws.cloudWatch();
  const DashboardBody = JSON.stringify({ widgets: [{ type: "text", properties: { markdown: "hello" } }] });
  await client.send(new PutDashboardCommand({ DashboardName: "main", DashboardBody }));
  expect((await client.send(new GetDashboardCommand({ DashboardName: "main" }))).DashboardBody).toBe(DashboardBody);
  const bad = failureOf(client.send(new PutDashboardCommand({ DashboardName: "main", DashboardBody: "{" })));
  expect((await bad).name).toBe("DashboardInvalidInputError");
  const none = failureOf(client.send(new GetDashboardCommand({ DashboardName: "none" })));
  expect((await none).$metadata?.httpStatusCode).toBe(404);
});

test.each([
  ["query", AwsQueryProtocol],
  ["cbor", AwsSmithyRpcV2CborProtocol],
])("speaks %s to clients that choose it", async (name, protocol) => {
  await using aws = await rig();
  const client = new CloudWatchClient({ ...aws.local.clientConfig(), maxAttempts: 1, protocol });
  const Timestamp = new Date(aws.clock.now() - 60_000);
  const Dimensions = [{ Name: "Count", Value: "7" }];
  await client.send(
    new PutMetricDataCommand({ Namespace, MetricData: [{ MetricName: "N", Value: 1.5, Timestamp, Dimensions }] }),
  );
  const { Metrics } = await client.send(new ListMetricsCommand({}));
  expect(Metrics).toEqual([{ Namespace, MetricName: "N", Dimensions }]);
  const { MetricDataResults } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(Timestamp.getTime() - 60_000),
      EndTime: new Date(Timestamp.getTime() + 60_000),
      MetricDataQueries: [
        { Id: "a", MetricStat: { Metric: { Namespace, MetricName: "N", Dimensions }, Period: 60, Stat: "Sum" } },
      ],
    }),
  );
  expect(MetricDataResults?.[0]?.Values).toEqual([1.5]);
  expect(MetricDataResults?.[0]?.Timestamps?.[0]).toBeInstanceOf(Date);
  const error = await failureOf(
    client.send(new PutMetricDataCommand({ Namespace: "AWS/EC2", MetricData: [{ MetricName: "N", Value: 1 }] })),
  );
  expect(error.name).toBe("InvalidParameterValueException");
  expect(new Set(aws.local.calls().map((call) => call.protocol))).toEqual(new Set([name]));
  client.destroy();
});

test("asks for a sensible stretch of time", async () => {
  await using aws = await rig();
  const client = aws.cloudWatch();
  const now = aws.clock.now();
  const statistics = (fromMs: number, toMs: number) =>
    client.send(
      new GetMetricStatisticsCommand({
        Namespace,
        MetricName: "N",
        StartTime: new Date(now + fromMs),
        EndTime: new Date(now + toMs),
        Period: 60,
        Statistics: ["Sum"],
      }),
    );
  expect((await failureOf(statistics(0, -1))).name).toBe("InvalidParameterValueException");
  const intoMinute = now % 60_000;
  await statistics(-86_400_000 - intoMinute, -intoMinute); // 1,440 datapoints
  expect((await failureOf(statistics(-86_400_000 - intoMinute, 1 - intoMinute))).name).toBe(
    "InvalidParameterCombinationException",
  );
});

test("an alarm keeps the history of its states", async () => {
  const Dimensions = [{ Name: "Region", Value: "eu-west-1" }];
  await using aws = await rig();
  const client = aws.cloudWatch();
  await client.send(
    new PutMetricAlarmCommand({
      AlarmName: "any",
      Namespace,
      MetricName: "N",
      Dimensions,
      ExtendedStatistic: "p90",
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 5,
      ComparisonOperator: "LessThanThreshold",
      TreatMissingData: "breaching",
    }),
  );
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ StateValue: "ALARM" }));
  expect(MetricAlarms?.[0]).toMatchObject({ AlarmName: "any", ExtendedStatistic: "p90", ActionsEnabled: true });
  await client.send(new SetAlarmStateCommand({ AlarmName: "any", StateValue: "OK", StateReason: "by hand" }));
  const { AlarmHistoryItems } = await client.send(new DescribeAlarmHistoryCommand({ AlarmName: "any" }));
  expect(AlarmHistoryItems?.map(({ HistorySummary }) => HistorySummary)).toEqual([
    "Alarm updated from ALARM to OK",
    "Alarm updated from INSUFFICIENT_DATA to ALARM",
  ]);
  const held = await client.send(new DescribeAlarmsCommand({}));
  expect(held.MetricAlarms?.[0]?.StateValue).toBe("OK"); // until the next minute
  aws.clock.advance(60_000);
  const evaluated = await client.send(new DescribeAlarmsCommand({}));
  expect(evaluated.MetricAlarms?.[0]?.StateValue).toBe("ALARM");
  expect(evaluated.MetricAlarms?.[0]?.Dimensions).toEqual(Dimensions);
  const onMetric = await client.send(new DescribeAlarmsForMetricCommand({ Namespace, MetricName: "N", Dimensions }));
  expect(onMetric.MetricAlarms).toHaveLength(1);
  await client.send(new DeleteAlarmsCommand({ AlarmNames: ["any"] }));
  expect((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms).toEqual([]);
});

test.each([
  ["GreaterThanThreshold", [false, false, true]],
  ["GreaterThanOrEqualToThreshold", [false, true, true]],
  ["LessThanThreshold", [true, false, false]],
  ["LessThanOrEqualToThreshold", [true, true, false]],
] as const)("%s breaches below, at and above the threshold: %j", async (ComparisonOperator, breaches) => {
  await using aws = await rig();
  const client = aws.cloudWatch();
  for (const [index, Value] of [4, 5, 6].entries()) {
    const MetricName = `N${index}`;
    await client.send(
      new PutMetricDataCommand({
        Namespace,
        MetricData: [{ MetricName, Value, Timestamp: new Date(aws.clock.now()) }],
      }),
    );
    const every = { Statistic: "Sum", Period: 60, EvaluationPeriods: 1, Threshold: 5, ComparisonOperator } as const;
    await client.send(new PutMetricAlarmCommand({ AlarmName: MetricName, Namespace, MetricName, ...every }));
  }
  aws.clock.advance(60_000);
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({}));
  expect(MetricAlarms?.map(({ StateValue }) => StateValue === "ALARM")).toEqual(breaches);
});

test.each([
  ["no statistic", { Statistic: undefined }, "InvalidParameterCombinationException"],
  ["an unknown comparison", { ComparisonOperator: "Around" }, "InvalidParameterValueException"],
  ["more data to alarm than there are", { DatapointsToAlarm: 3 }, "InvalidParameterCombinationException"],
  ["no period", { Period: 0 }, "InvalidParameterValueException"],
  ["a period of 61 seconds", { Period: 61 }, "InvalidParameterValueException"],
  ["more than a day", { Period: 3_600, EvaluationPeriods: 25 }, "InvalidParameterCombinationException"],
  ["no threshold", { Threshold: undefined }, "MissingRequiredParameterException"],
  ["a treatment unheard of", { TreatMissingData: "hide" }, "InvalidParameterValueException"],
])("refuses an alarm with %s", async (_what, change, name) => {
  await using aws = await rig();
  const alarm = {
    AlarmName: "a",
    Namespace,
    MetricName: "N",
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 2,
    Threshold: 1,
    ComparisonOperator: "GreaterThanThreshold",
    ...change,
  } as ConstructorParameters<typeof PutMetricAlarmCommand>[0];
  expect((await failureOf(aws.cloudWatch().send(new PutMetricAlarmCommand(alarm)))).name).toBe(name);
});
