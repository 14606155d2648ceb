import type { Timer } from "@holdfast/errors/policy";

/** Lets the process end although the timer is pending. A timer of another clock, which keeps no process, is left alone. */
export function unref(timer: Timer): void {
  (timer as { readonly unref?: () => void } | undefined)?.unref?.();
}
