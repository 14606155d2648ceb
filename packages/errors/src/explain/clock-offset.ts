import { type ErrorFields, textOf } from "../classify/error-fields.ts";

/**
 * By how much this machine's clock is behind AWS's (negative: ahead), in milliseconds, as the error itself says:
 * S3 gives both times as fields, signature errors in their text. `undefined` if it does not say.
 */
export function measuredClockOffsetMs(error: ErrorFields): number | undefined {
  const message = textOf(error.message) ?? "";
  const inText =
    /Signature (?:expired|not yet current): (\d{8}T\d{6}Z) .*?\((\d{8}T\d{6}Z) [+-] \d+ min/.exec(
      message.slice(0, 4096),
    ) ?? undefined;
  const ours = inText?.[1] ?? textOf(error.RequestTime);
  const theirs = inText?.[2] ?? textOf(error.ServerTime);
  const offsetMs = Date.parse(isoOf(theirs)) - Date.parse(isoOf(ours));
  return Number.isFinite(offsetMs) ? offsetMs : undefined;
}

// 20260101T001000Z → 2026-01-01T00:10:00Z; anything else as it is
function isoOf(time: string | undefined): string {
  return (time ?? "").replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
}
