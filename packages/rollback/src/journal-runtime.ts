import type { Classify } from "@holdfast/errors";
import type { Clock, Emitter, Logger } from "@holdfast/errors/policy";
import type { Permission } from "./define-operation.ts";
import type { ProgressEvent, StepEvent, TransactionEvent } from "./journal-event.ts";
import type { JournalStore } from "./journal-store.ts";
import type { KeyProvider } from "./key-provider.ts";
import type { OperationRegistry } from "./operation-registry.ts";
import type { RandomBytes } from "./random-bytes.ts";
import type { UndoSettings } from "./undo/undo-settings.ts";

/** What one open journal gives to its transactions. */
export interface JournalRuntime {
  readonly store: JournalStore;
  readonly operations: OperationRegistry;
  /** This journal's own name: random, so that no other process, and no later one, has it. */
  readonly owner: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly randomBytes: RandomBytes;
  readonly logger: Logger;
  readonly classify: Classify;
  readonly keys: KeyProvider;
  readonly undo: UndoSettings;
  readonly lazyMs: number;
  readonly settleMarginMs: number;
  readonly leaseMs: number;
  readonly checkPermissions: CheckPermissions | undefined;
  readonly transactionEvents: Emitter<TransactionEvent>;
  readonly stepEvents: Emitter<StepEvent>;
  readonly progressEvents: Emitter<ProgressEvent>;
}

/** Tells which of these rights are missing, e.g. by `SimulatePrincipalPolicy`; empty if none is. */
export type CheckPermissions = (
  permissions: readonly Permission[],
  signal: AbortSignal,
) => PromiseLike<readonly Permission[]> | readonly Permission[];
