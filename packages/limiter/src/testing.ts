export { type ManualClock, manualClock } from "@holdfast/errors/testing";
export { noWait } from "./no-wait.ts";
