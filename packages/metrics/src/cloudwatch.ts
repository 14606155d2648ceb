export {
  type CloudWatchSink,
  type CloudWatchSinkOptions,
  type CloudWatchSinkStats,
  cloudWatchSink,
  type SendPolicy,
} from "./cloudwatch/cloudwatch-sink.ts";
export type { DistributionForm } from "./cloudwatch/metric-data.ts";
