export { type CallSpans, type CallSpansOptions, callSpans, type SpanPolicy } from "./opentelemetry/call-spans.ts";
export { type OpenTelemetrySinkOptions, openTelemetrySink } from "./opentelemetry/opentelemetry-sink.ts";
