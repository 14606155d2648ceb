export { type ConformanceCase, type ConformanceOptions, storeConformance } from "./testing/store-conformance.ts";
