import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import {
  classify,
  describeError,
  type RemediationContext,
  recoveryAdviceFor,
  redact,
  remediationFor,
} from "@holdfast/errors";
import { usageError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { recoveryText } from "./advice-text.ts";
import { parseError } from "./parse-error.ts";

export type ExplainOptions = Pick<RemediationContext, "service" | "operation" | "region" | "profile">;

/** `holdfast errors explain [FILE|-]`: what an error means, and what to do. */
export async function explain(
  { io, output }: CommandContext,
  { service, operation, region, profile }: ExplainOptions,
  file = "-",
): Promise<ExitCode> {
  const text = file === "-" ? await io.readStdin() : await readFile(resolve(io.cwd, file), "utf8");
  if (text.trim() === "") throw usageError("There is nothing to explain: pipe an error in, or give a file");
  const { error, context: found } = parseError(text);
  const given = { service, operation, region, profile };
  const context = { ...found, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
  const classification = classify(error, context);
  const recovery = recoveryAdviceFor(classification);
  output.answer(
    redact({ classification, remediation: remediationFor(error, context), recovery }),
    `${describeError(error, { colour: output.colour, context })}\n\n${recoveryText(recovery)}`,
  );
  return exitCode.ok;
}
