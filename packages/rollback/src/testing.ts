export { type ManualClock, manualClock } from "@holdfast/errors/testing";
export { type ConformanceCase, type ConformanceOptions, storeConformance } from "./testing/store-conformance.ts";
