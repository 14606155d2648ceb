const latestMs = 8_640_000_000_000_000; // of a Date

/** An instant to the second, in UTC; what is no instant is shown as it is. */
export function time(at: number): string {
  return Math.abs(at) <= latestMs ? new Date(at).toISOString().replace(/\.\d+Z$/, "Z") : String(at);
}
