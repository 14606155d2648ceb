export { type MetricsRecorder, type MetricsRecorderOptions, metricsRecorder } from "./sdk/metrics-recorder.ts";
export { sdkMetrics } from "./sdk/sdk-metrics.ts";
export { type SdkMetricsPluginOptions, sdkMetricsPlugin } from "./sdk/sdk-metrics-plugin.ts";
