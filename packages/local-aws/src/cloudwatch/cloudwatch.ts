import type { Operation, Service } from "../server/service.ts";
import { AlarmStore } from "./alarm-store.ts";
import {
  deleteAlarms,
  describeAlarmHistory,
  describeAlarms,
  describeAlarmsForMetric,
  putMetricAlarm,
  setAlarmState,
} from "./alarms.ts";
import { cloudWatchFrontDoor } from "./cloudwatch-error.ts";
import { DashboardStore, deleteDashboards, getDashboard, listDashboards, putDashboard } from "./dashboards.ts";
import { getMetricData } from "./get-metric-data.ts";
import { getMetricStatistics } from "./get-metric-statistics.ts";
import { listMetrics } from "./list-metrics.ts";
import { MetricStore } from "./metric-store.ts";
import { putMetricData } from "./put-metric-data.ts";
import { readQuery } from "./read-query.ts";

/** Amazon CloudWatch: metrics, alarms evaluated over what was really sent, dashboards. */
export function cloudWatch(): Service {
  const metrics = new MetricStore();
  const alarms = new AlarmStore(metrics);
  const dashboards = new DashboardStore();
  return {
    signingName: "monitoring",
    actionPrefix: "cloudwatch",
    targetPrefix: "GraniteServiceVersion20100801",
    queryVersion: "2010-08-01",
    errorNamespace: "com.amazonaws.cloudwatch.v2010_08_01",
    xmlNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
    errors: cloudWatchFrontDoor,
    longestContent: 1_048_576,
    readQuery,
    operations: new Map<string, Operation>([
      ["PutMetricData", putMetricData(metrics)],
      ["GetMetricData", getMetricData(metrics)],
      ["GetMetricStatistics", getMetricStatistics(metrics)],
      ["ListMetrics", listMetrics(metrics)],
      ["PutMetricAlarm", putMetricAlarm(alarms)],
      ["DescribeAlarms", describeAlarms(alarms)],
      ["DescribeAlarmsForMetric", describeAlarmsForMetric(alarms)],
      ["DescribeAlarmHistory", describeAlarmHistory(alarms)],
      ["SetAlarmState", setAlarmState(alarms)],
      ["DeleteAlarms", deleteAlarms(alarms)],
      ["PutDashboard", putDashboard(dashboards)],
      ["GetDashboard", getDashboard(dashboards)],
      ["ListDashboards", listDashboards(dashboards)],
      ["DeleteDashboards", deleteDashboards(dashboards)],
    ]),
  };
}
