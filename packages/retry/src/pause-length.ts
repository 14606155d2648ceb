import type { Classification } from "@holdfast/errors";
import { waitablePause } from "./backoff-source.ts";
import type { RetrySettings } from "./retry-settings.ts";

/** How far above its back-off the AWS SDK lets a server's hint push a pause, in milliseconds. */
const clampMs = 5_000;

/** The pause that back-off and hint come to together, in milliseconds; `undefined` if the hint is longer than is waited for. */
export function pauseLength(
  settings: RetrySettings,
  backoffMs: number,
  classification: Classification | undefined,
): number | undefined {
  const ownMs = waitablePause(backoffMs);
  const hintMs = classification?.retryAfterMs;
  const { retryAfter, maxRetryAfterMs } = settings;
  if (hintMs === undefined || retryAfter === "ignore") return ownMs;
  if (retryAfter === "clamp") return Math.max(ownMs, Math.min(hintMs, ownMs + clampMs));
  return hintMs > maxRetryAfterMs ? undefined : Math.max(ownMs, hintMs);
}
