import { type Check, type CheckContext, fail, ok } from "./check.ts";

const earliest = Date.UTC(2026, 0, 1); // before this was written
const latest = Date.UTC(2100, 0, 1);

export function clockCheck({ io }: CheckContext): readonly Check[] {
  const now = io.now();
  if (now >= earliest && now < latest)
    return [ok("clock", "The clock is plausible; AWS refuses requests 5 minutes off")];
  return [
    fail(
      "clock",
      `The clock says ${new Date(now).toISOString()}: AWS refuses requests signed more than 5 minutes off`,
      "Set the clock, and keep it with NTP (e.g. `timedatectl set-ntp true`)",
    ),
  ];
}
