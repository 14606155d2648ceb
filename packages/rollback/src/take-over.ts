import type { TakeOverOptions } from "./journal.ts";
import { JournalError } from "./journal-error.ts";
import type { JournalRuntime } from "./journal-runtime.ts";
import { OpenTransaction } from "./open-transaction.ts";
import { pause } from "./pause.ts";
import type { TransactionState } from "./protocol/transaction-state.ts";
import { type ReadLog, readLog } from "./read-log.ts";
import { SensitiveFields } from "./sensitive-fields.ts";
import { TransactionLog } from "./transaction-log.ts";

type OwnerOf = (owned: { readonly id: string; readonly owner: string }) => Promise<"dead" | "alive" | "unsure">;

/**
 * Makes an open transaction this journal's own. The fence is durable before anything else happens: the owner before can
 * begin nothing more, and of several that try only one succeeds; the others reject with `ERR_JOURNAL_FENCED`.
 */
export async function takeOver(
  runtime: JournalRuntime,
  transaction: string,
  ownerOf: OwnerOf,
  { force = false, signal, decides = false }: TakeOverOptions & { readonly decides?: boolean | undefined },
): Promise<OpenTransaction> {
  const { state, end } = force
    ? await readLog(runtime.store, transaction)
    : await readOrphaned(runtime, transaction, ownerOf, signal);
  refuse(state, decides);
  const log = new TransactionLog(runtime, state, end);
  await log.append({ type: "TAKEOVER", at: runtime.clock.now(), epoch: state.epoch + 1, who: runtime.owner });
  const ownedSince = runtime.clock.monotonic();
  const open = new OpenTransaction(runtime, log, ownedSince, await sensitiveFields(runtime, transaction));
  open.emit("taken-over");
  return open;
}

// The log as its dead owner left it. Whoever is seen dead must still own it: another process may have taken it meanwhile.
async function readOrphaned(
  runtime: JournalRuntime,
  transaction: string,
  ownerOf: OwnerOf,
  signal: AbortSignal | undefined,
): Promise<ReadLog> {
  for (let seen = await readLog(runtime.store, transaction); ; ) {
    if (seen.state.final || seen.state.status === "parked") return seen; // nobody works on it
    await waitUntilDead(runtime, seen.state, ownerOf, signal);
    const again = await readLog(runtime.store, transaction);
    if (again.state.epoch === seen.state.epoch) return again;
    seen = again;
  }
}

async function waitUntilDead(
  { clock, leaseMs }: JournalRuntime,
  { id, owner }: TransactionState,
  ownerOf: OwnerOf,
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
  try {
    return new SensitiveFields(await runtime.keys.unwrap(wrapped, transaction), transaction, runtime.randomBytes);
  } catch (error) {
    // The key it was wrapped with does not exist any more, and never will: what can be read is undone, the rest waits for a person.
    if (runtime.classify(error).kind !== "not-found") throw error;
    runtime.logger.error("The key to a transaction's sensitive fields is gone", { transaction });
    return undefined;
  }
}

function refuse({ id, status, final }: TransactionState, decides: boolean): void {
  const why = final
    ? `is ${status}, which is final`
    : status === "parked" && !decides
      ? "waits for a person: see `journal.show`, and use `journal.decide`"
      : undefined;
  if (why !== undefined) throw new JournalError("ERR_JOURNAL_STATE", `Transaction ${id} ${why}`, { transaction: id });
}
