import { type RecoveryStrategy, recover } from "@holdfast/rollback/recovery";
import { usageError } from "../cli-error.ts";
import type { CommandContext } from "../command.ts";
import { durationMs } from "../duration.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import { withJournal } from "../journal/with-journal.ts";
import { askAtTerminal } from "./ask-at-terminal.ts";
import { loadOperations } from "./load-operations.ts";
import { outcomesText, recoveryExitCode } from "./outcomes.ts";
import { previewText, type RecoveryPreview, recoveryPreview } from "./recovery-preview.ts";

export interface ExecuteOptions {
  readonly journal: string;
  readonly operations?: string | undefined;
  readonly strategy: string;
  readonly reprobeAfter: string;
  readonly dryRun?: boolean | undefined;
}

/**
 * `holdfast recovery execute`: undoes what dead processes left open. Transactions for which a handler is missing are left as they are.
 * Without `--operations` it only lists what it would do, and exits with 5 if anything is open.
 */
export async function execute(context: CommandContext, options: ExecuteOptions): Promise<ExitCode> {
  const strategy = strategyOf(options.strategy);
  const reprobeAfterMs = durationMs(options.reprobeAfter);
  const { io, output } = context;
  if (strategy === "guided" && io.ask === undefined) {
    throw usageError("--strategy guided asks at a terminal, and there is none: use automatic, or run it in one");
  }
  const handlers = options.operations === undefined ? undefined : await loadOperations(io, options.operations);
  return withJournal(
    io,
    options.journal,
    async (journal) => {
      const preview = await recoveryPreview(journal, handlers?.operations ?? []);
      if (handlers === undefined || options.dryRun === true) return onlyListed(context, preview, options);
      const unmanned = new Map(preview.transactions.map(({ id, missingHandlers }) => [id, missingHandlers]));
      const report = await recover(journal, {
        strategy: ({ id, status }) => {
          const isLeft = status !== "parked" && unmanned.get(id)?.length !== 0;
          return isLeft ? "skip" : strategy;
        },
        ask: askAtTerminal(io),
        reprobeAfterMs,
        maxParallel: strategy === "guided" ? 1 : undefined, // one question at a time
        signal: io.interrupted?.(),
      });
      output.answer({ executed: true, ...report }, outcomesText(report, unmanned));
      return recoveryExitCode(report);
    },
    handlers,
  );
}

function onlyListed({ output }: CommandContext, preview: RecoveryPreview, { dryRun }: ExecuteOptions): ExitCode {
  output.answer({ executed: false, ...preview }, previewText(preview));
  if (preview.problems.length > 0) {
    output.note("holdfast: the journal is damaged: see `holdfast journal verify`");
    return exitCode.error;
  }
  if (dryRun === true || preview.transactions.length === 0) return exitCode.ok;
  output.note("\nholdfast: nothing was done: handlers are missing. Give --operations the module that exports them");
  return exitCode.parked;
}

const strategies: readonly RecoveryStrategy[] = ["automatic", "guided", "manual", "skip"];

function strategyOf(text: string): RecoveryStrategy {
  const strategy = strategies.find((each) => each === text);
  if (strategy === undefined) throw usageError(`Expected --strategy ${strategies.join(", ")}, got ${text}`);
  return strategy;
}
