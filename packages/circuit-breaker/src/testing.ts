export { type ManualClock, manualClock } from "@holdfast/errors/testing";
