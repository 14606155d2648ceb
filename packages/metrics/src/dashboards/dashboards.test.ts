import { CloudWatchClient, GetDashboardCommand, PutDashboardCommand } from "@aws-sdk/client-cloudwatch";
import { startLocalAws } from "@holdfast/local-aws";
import { expect, test } from "vitest";
import { alarmInputs } from "../alarms/alarm-inputs.ts";
import { policyAlarms } from "../alarms/policy-alarms.ts";
import { replicationAlarms } from "../alarms/replication-alarms.ts";
import { createMetrics } from "../create-metrics.ts";
import { policyMetrics } from "../policy-metrics.ts";
import { replicationMetrics } from "../replication-metrics.ts";
import { cloudFormationTemplate } from "./cloudformation-template.ts";
import { cloudWatchDashboard } from "./cloudwatch-dashboard.ts";
import { grafanaDashboard } from "./grafana-dashboard.ts";

const definitions = { ...replicationMetrics, ...policyMetrics };
const alarms = { ...replicationAlarms, ...policyAlarms };
const metrics = createMetrics({
  definitions,
  namespace: "Replicator",
  environment: "prod",
  dimensions: { service: "a" },
  sinks: [],
  enabled: false,
});

test("CloudWatch's dashboard has a graph for each metric: the aggregate, and a search for every series", async () => {
  const { widgets } = cloudWatchDashboard(metrics, { region: "eu-west-1" });
  expect(widgets).toHaveLength(Object.keys(metrics.definitions).length);
  expect(widgets[0]?.properties).toMatchObject({
    title: "ReplicationSuccess",
    region: "eu-west-1",
    metrics: [
      ["Replicator/prod", "ReplicationSuccess", "Service", "a", { stat: "Sum", label: "all Sum" }],
      [
        {
          id: "each",
          expression: `SEARCH('{"Replicator/prod",Service,SourceRegion,DestinationRegion,TransformMode} MetricName="ReplicationSuccess" Service="a"', 'Sum', 60)`,
        },
      ],
    ],
  });
  expect(widgets[1]?.properties.metrics).toMatchObject([
    ["Replicator/prod", "ReplicationDuration", "Service", "a", { stat: "p50" }],
    ["Replicator/prod", "ReplicationDuration", "Service", "a", { stat: "p99" }],
    [{}],
  ]);
});

test("CloudWatch takes the dashboard as it is", async () => {
  await using local = await startLocalAws();
  const client = new CloudWatchClient(local.clientConfig());
  const body = JSON.stringify(cloudWatchDashboard(metrics, { region: "eu-west-1" }));
  const { DashboardValidationMessages = [] } = await client.send(
    new PutDashboardCommand({ DashboardName: "d", DashboardBody: body }),
  );
  expect(DashboardValidationMessages).toEqual([]);
  const { DashboardBody } = await client.send(new GetDashboardCommand({ DashboardName: "d" }));
  expect(JSON.parse(DashboardBody!)).toEqual(JSON.parse(body));
});

test("graphs do not overlap", () => {
  for (const places of [
    cloudWatchDashboard(metrics, { region: "r" }).widgets.map(({ x, y }) => `${x},${y}`),
    grafanaDashboard(metrics, { title: "t" }).panels.map(({ gridPos: { x, y } }) => `${x},${y}`),
  ]) {
    expect(new Set(places).size).toBe(places.length);
  }
});

test("Grafana's dashboard queries the names that the Prometheus sink shows, in the right unit", () => {
  const { panels } = grafanaDashboard(metrics, { title: "Replicator" });
  const panel = (title: string) => panels.find((candidate) => candidate.title === title);
  expect(panel("ReplicationSuccess")?.targets).toEqual([
    {
      refId: "A",
      expr: 'sum(rate(replicator_prod_replication_success_total{service="a"}[$__rate_interval]))',
      legendFormat: "all",
    },
    {
      refId: "B",
      expr: 'sum by (source_region, destination_region, transform_mode) (rate(replicator_prod_replication_success_total{service="a"}[$__rate_interval]))',
      legendFormat: "{{source_region}} {{destination_region}} {{transform_mode}}",
    },
  ]);
  expect(panel("ReplicationDuration")?.fieldConfig.defaults.unit).toBe("s");
  expect(panel("ReplicationSize")?.fieldConfig.defaults.unit).toBe("bytes");
  expect(panel("CircuitOpen")?.targets[0]?.expr).toBe('max(replicator_prod_circuit_open{service="a"})');
});

test("CloudFormation's template holds every alarm as CloudWatch is given it, and a dashboard in the stack's region", () => {
  const template = cloudFormationTemplate(metrics, { alarms });
  const inputs = alarmInputs(metrics, alarms);
  expect(Object.keys(template.Resources)).toHaveLength(inputs.length + 1);
  expect(template.Resources.ReplicationFailingAlarm).toMatchObject({
    Type: "AWS::CloudWatch::Alarm",
    Properties: {
      ...inputs[0],
      AlarmActions: { "Fn::If": ["HasTopic", [{ Ref: "AlarmTopicArn" }], { Ref: "AWS::NoValue" }] },
    },
  });
  const { DashboardBody } = template.Resources.Dashboard!.Properties as {
    DashboardBody: { "Fn::Join": [string, unknown[]] };
  };
  const [separator, parts] = DashboardBody["Fn::Join"];
  const body = parts.map((part) => (typeof part === "string" ? part : "eu-central-1")).join(separator);
  expect(JSON.parse(body)).toEqual(
    JSON.parse(JSON.stringify(cloudWatchDashboard(metrics, { region: "eu-central-1" }))),
  );
});
