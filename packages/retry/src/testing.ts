export { type ManualClock, manualClock } from "@holdfast/errors/testing";
export { type InstantClock, instantClock } from "./instant-clock.ts";
export { noWait } from "./no-wait.ts";
