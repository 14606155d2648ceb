import type { CliIo } from "../cli-io.ts";

/** One line of a doctor's report. */
export interface Check {
  readonly name: string;
  readonly status: "ok" | "warn" | "fail";
  /** What was seen; never the value of a variable. */
  readonly detail: string;
  /** What to do; absent when all is well. */
  readonly advice?: string | undefined;
}

/** What a check may look at. */
export interface CheckContext {
  readonly io: CliIo;
  /** The journal's path, when one was given. */
  readonly journal: string | undefined;
}

export function ok(name: string, detail: string): Check {
  return { name, status: "ok", detail };
}

export function warn(name: string, detail: string, advice: string): Check {
  return { name, status: "warn", detail, advice };
}

export function fail(name: string, detail: string, advice: string): Check {
  return { name, status: "fail", detail, advice };
}
