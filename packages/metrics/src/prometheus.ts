export { addToRegistry } from "./prometheus/prom-client-adapter.ts";
export { prometheusHandler } from "./prometheus/prometheus-handler.ts";
export { type PrometheusSink, type PrometheusSinkOptions, prometheusSink } from "./prometheus/prometheus-sink.ts";
