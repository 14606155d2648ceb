import { type Classify, classify as defaultClassify, OptionError } from "@holdfast/errors";
import {
  assertDelayMs,
  assertFunction,
  assertKnownOptions,
  type Clock,
  Emitter,
  type Logger,
  silentLogger,
  systemClock,
} from "@holdfast/errors/policy";
import { base32 } from "./base32.ts";
import { Journal } from "./journal.ts";
import type { CheckPermissions, JournalRuntime } from "./journal-runtime.ts";
import type { JournalStore } from "./journal-store.ts";
import { isKeyProvider, type KeyProvider, plainKeys } from "./key-provider.ts";
import { OperationRegistry, type Operations } from "./operation-registry.ts";
import { type RandomBytes, randomBytes as strongRandomBytes } from "./random-bytes.ts";
import { type UndoOptions, undoSettings } from "./undo/undo-settings.ts";

export interface JournalOptions {
  /** Where it is kept: `memoryStore()`, `sqliteStore({ path })`, or your own. Closed with the journal. */
  readonly store: JournalStore;
  /** All operations that its transactions run, or that are needed to undo what earlier versions ran. */
  readonly operations: Operations;
  readonly undo?: UndoOptions | undefined;
  /**
   * Milliseconds added to an unknown step's deadline before its effect is looked for: how long a request that was given up may still be
   * on its way. Default 2,000.
   */
  readonly settleMarginMs?: number | undefined;
  /** An owner whose counter stands still this long is dead, in milliseconds. Counters are raised three times as often. Default 15,000. */
  readonly leaseMs?: number | undefined;
  /** The longest a finished step stays unwritten when nothing follows it, in milliseconds. Default 5. */
  readonly lazyMs?: number | undefined;
  /** Asked for all rights that an undo will need, before it begins; if any is missing the whole of it is parked. Default: not checked. */
  readonly checkPermissions?: CheckPermissions | undefined;
  /** Wraps the keys of sensitive fields. Default {@link plainKeys}. */
  readonly keys?: KeyProvider | undefined;
  /** Default `classify` of `@holdfast/errors`. */
  readonly classify?: Classify | undefined;
  readonly clock?: Clock | undefined;
  /** Jitter in [0, 1). Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** For ids and keys. Default: cryptographically strong. */
  readonly randomBytes?: RandomBytes | undefined;
  /** Default: silent. */
  readonly logger?: Logger | undefined;
}

/** Opens a journal. Transactions that other processes left open are not touched: see `recover` of `@holdfast/rollback/recovery`. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const runtime = journalRuntime(options);
  await runtime.store.open();
  await runtime.store.beat(runtime.owner);
  return new Journal(runtime);
}

const optionNames: Readonly<Record<keyof JournalOptions, 0>> = {
  store: 0,
  operations: 0,
  undo: 0,
  settleMarginMs: 0,
  leaseMs: 0,
  lazyMs: 0,
  checkPermissions: 0,
  keys: 0,
  classify: 0,
  clock: 0,
  random: 0,
  randomBytes: 0,
  logger: 0,
};

function journalRuntime(options: JournalOptions): JournalRuntime {
  assertKnownOptions("openJournal()", options, optionNames);
  const {
    store,
    operations,
    undo,
    settleMarginMs = 2_000,
    leaseMs = 15_000,
    lazyMs = 5,
    checkPermissions,
    keys = plainKeys,
    classify = defaultClassify,
    clock = systemClock,
    random = Math.random,
    randomBytes = strongRandomBytes,
    logger = silentLogger,
  } = options;
  if (typeof store?.append !== "function") throw new OptionError("store", "a JournalStore, e.g. memoryStore()", store);
  assertDelayMs("settleMarginMs", settleMarginMs);
  assertDelayMs("leaseMs", leaseMs, { min: 1 });
  assertDelayMs("lazyMs", lazyMs);
  if (checkPermissions !== undefined) assertFunction("checkPermissions", checkPermissions);
  if (!isKeyProvider(keys)) throw new OptionError("keys", "a KeyProvider, e.g. of `kmsKeys`", keys);
  return {
    store,
    operations: new OperationRegistry(operations),
    owner: base32(randomBytes(15)),
    clock,
    random,
    randomBytes,
    logger,
    classify,
    keys,
    undo: undoSettings(undo),
    lazyMs,
    settleMarginMs,
    leaseMs,
    checkPermissions,
    transactionEvents: new Emitter(),
    stepEvents: new Emitter(),
    progressEvents: new Emitter(),
  };
}
