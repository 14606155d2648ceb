import type { Command } from "commander";
import { type CommandContext, type CommandHost, runs } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { Output } from "../print/output.ts";
import { printable } from "../print/printable.ts";
import { awsEnvironmentCheck } from "./aws-environment-check.ts";
import type { Check, CheckContext } from "./check.ts";
import { clockCheck } from "./clock-check.ts";
import { endpointCheck } from "./endpoint-check.ts";
import { journalCheck } from "./journal-check.ts";
import { nodeCheck } from "./node-check.ts";
import { sqliteCheck } from "./sqlite-check.ts";

export function doctorCommand(program: Command, host: CommandHost): void {
  runs(
    program
      .command("doctor")
      .description("Whether this machine is fit for the work; exits with 1 if anything fails.")
      .option("--journal <path>", "a journal to look at, too"),
    host,
    doctor,
  );
}

const checks: readonly ((context: CheckContext) => readonly Check[] | Promise<readonly Check[]>)[] = [
  nodeCheck,
  sqliteCheck,
  clockCheck,
  awsEnvironmentCheck,
  endpointCheck,
  journalCheck,
];

async function doctor({ io, output }: CommandContext, { journal }: { readonly journal?: string }): Promise<ExitCode> {
  const found: Check[] = [];
  for (const check of checks) found.push(...(await check({ io, journal })));
  const healthy = !found.some(({ status }) => status === "fail");
  output.answer({ healthy, checks: found }, found.map((check) => checkText(check, output)).join("\n"));
  return healthy ? exitCode.ok : exitCode.error;
}

const colours = { ok: "green", warn: "yellow", fail: "red" } as const;

function checkText({ name, status, detail, advice }: Check, output: Output): string {
  const line = `${output.paint(colours[status], status.padEnd(4))}  ${name.padEnd(15)}  ${printable(detail)}`;
  return advice === undefined ? line : `${line}\n      ${"".padEnd(15)}  → ${printable(advice)}`;
}
