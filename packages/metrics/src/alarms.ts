export type {
  AlarmDefinition,
  AlarmDefinitions,
  AlarmsOn,
  Comparison,
  MetricsDescription,
  MissingData,
  Statistic,
} from "./alarms/alarm-definition.ts";
export { type AlarmInput, alarmInputs } from "./alarms/alarm-inputs.ts";
export { defineAlarms } from "./alarms/define-alarms.ts";
export { policyAlarms } from "./alarms/policy-alarms.ts";
export {
  type PrometheusRule,
  type PrometheusRules,
  type PrometheusRulesOptions,
  prometheusRules,
} from "./alarms/prometheus-rules.ts";
export { replicationAlarms } from "./alarms/replication-alarms.ts";
export { type CloudWatchPrices, cloudWatchPrices, type PriceSource, type PriceTier } from "./cost/cloudwatch-prices.ts";
export { type CostEstimate, type EstimateCostOptions, estimateCost } from "./cost/estimate-cost.ts";
export {
  type CloudFormationTemplate,
  type CloudFormationTemplateOptions,
  cloudFormationTemplate,
} from "./dashboards/cloudformation-template.ts";
export {
  type CloudWatchDashboard,
  type CloudWatchDashboardOptions,
  type CloudWatchWidget,
  cloudWatchDashboard,
} from "./dashboards/cloudwatch-dashboard.ts";
export {
  type GrafanaDashboard,
  type GrafanaDashboardOptions,
  type GrafanaPanel,
  grafanaDashboard,
} from "./dashboards/grafana-dashboard.ts";
