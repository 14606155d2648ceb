import type { Logger } from "@holdfast/errors/policy";
import type { RetrySettings } from "./retry-settings.ts";

/** Tells the policy's logger. One that throws breaks no call. */
export function warn({ logger }: RetrySettings, ...message: Parameters<Logger["warn"]>): void {
  try {
    logger.warn(...message);
  } catch {
    // there is nobody else to tell
  }
}

/** An option threw, asked about a call: that is no reason to repeat the call, nor to lose what it came to. */
export function warnOfThrow(settings: RetrySettings, error: unknown): void {
  warn(settings, `An option of retry policy "${settings.name}" threw: no further attempt`, { error });
}
