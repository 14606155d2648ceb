import type { TakeOverOptions } from "./journal.ts";
import { JournalError } from "./journal-error.ts";
import type { JournalRuntime } from "./journal-runtime.ts";
import { OpenTransaction } from "./open-transaction.ts";
import { pause } from "./pause.ts";
import type { TransactionState } from "./protocol/transaction-state.ts";
import { readLog } from "./read-log.ts";
import { SensitiveFields } from "./sensitive-fields.ts";
import { TransactionLog } from "./transaction-log.ts";

type OwnerState = "dead" | "alive" | "unsure";

/**
 * Makes an open transaction this journal's own. The fence is durable before anything else happens: the owner before can
 * begin nothing more, and of several that try only one succeeds; the others reject with `ERR_JOURNAL_FENCED`.
 */
export async function takeOver(
  runtime: JournalRuntime,
  transaction: string,
  ownerOf: (owned: { readonly id: string; readonly owner: string }) => Promise<OwnerState>,
  { force = false, signal }: TakeOverOptions,
): Promise<OpenTransaction> {
  const { state: seen } = await readLog(runtime.store, transaction);
  refuseFinal(seen);
  if (!force && seen.status !== "parked") await waitUntilDead(runtime, seen, ownerOf, signal);
  const { state, end } = await readLog(runtime.store, transaction);
  refuseFinal(state);
  const log = new TransactionLog(runtime, state, end);
  await log.append({ type: "TAKEOVER", at: runtime.clock.now(), epoch: state.epoch + 1, who: runtime.owner });
  const ownedSince = runtime.clock.monotonic();
  const open = new OpenTransaction(runtime, log, ownedSince, await sensitiveFields(runtime, transaction));
  open.emit("taken-over");
  return open;
}

async function waitUntilDead(
  { clock, leaseMs }: JournalRuntime,
  { id, owner }: TransactionState,
  ownerOf: (owned: { readonly id: string; readonly owner: string }) => Promise<OwnerState>,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (;;) {
    const seen = await ownerOf({ id, owner });
    if (seen === "dead") return;
    if (seen === "alive") {
      throw new JournalError(
        "ERR_JOURNAL_STATE",
        `Transaction ${id}: its owner is alive; let it end, or take it with \`force\``,
        {
          transaction: id,
        },
      );
    }
    await pause(clock, leaseMs / 10, signal);
  }
}

async function sensitiveFields(runtime: JournalRuntime, transaction: string): Promise<SensitiveFields | undefined> {
  const wrapped = await runtime.store.readKey(transaction);
  if (wrapped === undefined) return undefined;
  return new SensitiveFields(await runtime.keys.unwrap(wrapped, transaction), transaction, runtime.randomBytes);
}

function refuseFinal({ id, status, final }: TransactionState): void {
  if (final)
    throw new JournalError("ERR_JOURNAL_STATE", `Transaction ${id} is ${status}, which is final`, { transaction: id });
}
