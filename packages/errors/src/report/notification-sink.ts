import type { Severity } from "../classify/classification.ts";
import { type Clock, systemClock } from "../clock.ts";
import { assertFunction, assertNumber, assertOneOf } from "../options.ts";
import { atLeastOne, type OptionTable, readOptions } from "../read-options.ts";
import type { ErrorRecord } from "./error-record.ts";
import type { ErrorSink } from "./error-sink.ts";

export interface Notification {
  readonly record: ErrorRecord;
  /** How many records were held back since the last notification. */
  readonly suppressed: number;
}

export interface NotificationOptions {
  /** Tells people: SNS, Slack, a pager. A failure is the reporter's to log. */
  readonly notify: (notification: Notification) => void | Promise<void>;
  /** Errors graver than or as grave as this. Default `high`. */
  readonly minSeverity?: Severity | undefined;
  /** Notifications at most per interval. Integer ≥ 1. Default 10. */
  readonly maxPerInterval?: number | undefined;
  /** In milliseconds, > 0. Errors of one group are told once per interval. Default 300,000. */
  readonly intervalMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

const severities: readonly Severity[] = ["low", "medium", "high", "critical"];

const optionTable: OptionTable<NotificationOptions> = {
  notify: [undefined, assertFunction],
  minSeverity: ["high", (option, value) => assertOneOf(option, value, severities)],
  maxPerInterval: [10, atLeastOne],
  intervalMs: [300_000, (option, value) => assertNumber(option, value, { min: 1 })],
  clock: [systemClock],
};

/**
 * Tells people about grave errors, without flooding them: each group once per interval, and only so many in all.
 * What is held back is counted and told with the next.
 *
 * @throws OptionError if an option is out of range.
 */
export function notificationSink(options: NotificationOptions): ErrorSink {
  const { notify, minSeverity, maxPerInterval, intervalMs, clock } = readOptions(
    "notificationSink()",
    options,
    optionTable,
  );
  const toldAt = new Map<string, number>(); // at most `maxPerInterval` entries: older ones are forgotten
  let suppressed = 0;
  return {
    async write(records) {
      for (const record of records) {
        if (severities.indexOf(record.severity) < severities.indexOf(minSeverity)) continue;
        const now = clock.monotonic();
        for (const [group, at] of toldAt) if (now - at >= intervalMs) toldAt.delete(group);
        if (toldAt.has(record.group) || toldAt.size >= maxPerInterval) {
          suppressed++;
          continue;
        }
        toldAt.set(record.group, now);
        const held = suppressed;
        suppressed = 0;
        await notify({ record, suppressed: held });
      }
    },
  };
}
