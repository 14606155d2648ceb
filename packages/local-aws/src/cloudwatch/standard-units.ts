const sizes = ["Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes"];
const bits = ["Bits", "Kilobits", "Megabits", "Gigabits", "Terabits"];
const rates = [...sizes, ...bits, "Count"].map((unit) => `${unit}/Second`);
const units = new Set([
  "Seconds",
  "Microseconds",
  "Milliseconds",
  ...sizes,
  ...bits,
  "Percent",
  "Count",
  ...rates,
  "None",
]);

/** Whether CloudWatch takes `unit`. */
export function isStandardUnit(unit: string): boolean {
  return units.has(unit);
}
