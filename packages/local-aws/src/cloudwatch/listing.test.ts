import {
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListDashboardsCommand,
  ListMetricsCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  PutMetricDataCommand,
  paginateListMetrics,
} from "@aws-sdk/client-cloudwatch";
import { expect, test } from "vitest";
import { failureOf, rig } from "../../test/rig.ts";

const Namespace = "Holdfast/Test";

test("lists metrics 500 at a time, and forgets those without data for two weeks", async () => {
  await using aws = await rig({ quotas: false });
  const client = aws.cloudWatch();
  const MetricData = Array.from({ length: 501 }, (_, index) => ({ MetricName: `N${index}`, Value: 1 }));
  await client.send(new PutMetricDataCommand({ Namespace, MetricData }));
  const pages: number[] = [];
  for await (const { Metrics = [] } of paginateListMetrics({ client }, { Namespace })) pages.push(Metrics.length);
  expect(pages).toEqual([500, 1]);
  const count = async (RecentlyActive?: "PT3H") =>
    (await client.send(new ListMetricsCommand({ MetricName: "N0", RecentlyActive }))).Metrics?.length;
  aws.clock.advance(3 * 3_600_000);
  expect(await count("PT3H")).toBe(1);
  aws.clock.advance(1);
  expect([await count("PT3H"), await count()]).toEqual([0, 1]);
  aws.clock.advance(14 * 86_400_000);
  expect(await count()).toBe(0);
});

test("pages through alarms by name, and refuses a token it did not give", async () => {
  await using aws = await rig({ quotas: false });
  const client = aws.cloudWatch();
  const alarm = {
    Namespace,
    MetricName: "N",
    Statistic: "Sum",
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 1,
  } as const;
  for (const AlarmName of ["c", "a", "b", "other"]) {
    await client.send(new PutMetricAlarmCommand({ ...alarm, AlarmName, ComparisonOperator: "GreaterThanThreshold" }));
  }
  const first = await client.send(new DescribeAlarmsCommand({ MaxRecords: 3 }));
  const second = await client.send(new DescribeAlarmsCommand({ MaxRecords: 3, NextToken: first.NextToken }));
  const names = [first, second].map(({ MetricAlarms = [] }) => MetricAlarms.map(({ AlarmName }) => AlarmName));
  expect(names).toEqual([["a", "b", "c"], ["other"]]);
  const prefixed = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "o" }));
  expect(prefixed.MetricAlarms).toHaveLength(1);
  const exact = await client.send(new DescribeAlarmsCommand({ MaxRecords: 4 }));
  expect([exact.MetricAlarms?.length, exact.NextToken]).toEqual([4, undefined]); // no page without anything on it
  expect((await failureOf(client.send(new DescribeAlarmsCommand({ NextToken: "made-up" })))).name).toBe(
    "InvalidNextToken",
  );
  expect((await failureOf(client.send(new DescribeAlarmsCommand({ MaxRecords: 101 })))).name).toBe(
    "InvalidParameterValueException",
  );
  const some = failureOf(client.send(new DeleteAlarmsCommand({ AlarmNames: ["a", "none"] })));
  expect((await some).Code).toBe("ResourceNotFound"); // and nothing is deleted
  expect((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms).toHaveLength(4);
});

test("lists dashboards, and deletes all that are named or none", async () => {
  await using aws = await rig();
  const client = aws.cloudWatch();
  const DashboardBody = JSON.stringify({ widgets: [] });
  for (const DashboardName of ["app-a", "app-b", "x"])
    await client.send(new PutDashboardCommand({ DashboardName, DashboardBody }));
  const names = async (DashboardNamePrefix?: string) =>
    (await client.send(new ListDashboardsCommand({ DashboardNamePrefix }))).DashboardEntries?.map(
      (entry) => entry.DashboardName,
    );
  expect(await names("app-")).toEqual(["app-a", "app-b"]);
  const some = failureOf(client.send(new DeleteDashboardsCommand({ DashboardNames: ["x", "none"] })));
  expect(await some).toMatchObject({ Code: "ResourceNotFound", message: "Dashboard none does not exist" });
  await client.send(new DeleteDashboardsCommand({ DashboardNames: ["x"] }));
  expect(await names()).toEqual(["app-a", "app-b"]);
  for (const body of ["[]", '{"widgets":[{"type":"oracle","properties":{}}]}', '{"widgets":[{"type":"text"}]}']) {
    const bad = failureOf(client.send(new PutDashboardCommand({ DashboardName: "bad", DashboardBody: body })));
    expect((await bad).name).toBe("DashboardInvalidInputError");
  }
});

test.each([
  ["two queries of one id", [{ Id: "a" }, { Id: "a" }], "InvalidParameterValueException"],
  ["an id in upper case", [{ Id: "A" }], "InvalidParameterValueException"],
  ["a query of two kinds", [{ Id: "a", Expression: "1" }], "InvalidParameterCombinationException"],
  ["an expression over nothing", [{ Id: "b", Expression: "c + 1", MetricStat: undefined }], "ValidationException"],
  ["an expression over itself", [{ Id: "b", Expression: "b + 1", MetricStat: undefined }], "ValidationException"],
])("refuses %s", async (_what, queries, name) => {
  await using aws = await rig();
  const MetricStat = { Metric: { Namespace, MetricName: "N" }, Period: 60, Stat: "Sum" };
  const command = new GetMetricDataCommand({
    StartTime: new Date(0),
    EndTime: new Date(60_000),
    MetricDataQueries: queries.map((query) => ({ MetricStat, ...query })),
  });
  expect((await failureOf(aws.cloudWatch().send(command))).name).toBe(name);
});
