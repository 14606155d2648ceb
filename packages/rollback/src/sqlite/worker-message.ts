import type { JournalErrorCode } from "../journal-error.ts";
import type { AppendRequest } from "../journal-store.ts";
import type { AppendOutcome, EngineOptions } from "./engine.ts";
import type { EngineMethod } from "./host.ts";

/** What the store's thread is started with. */
export interface WorkerData {
  readonly options: EngineOptions;
  /** Rung after each request. */
  readonly doorbell: SharedArrayBuffer;
}

/** What the store's thread is asked. */
export type WorkerRequest =
  | AppendMessage
  | { readonly type: "call"; readonly id: number; readonly method: EngineMethod; readonly args: readonly unknown[] }
  | { readonly type: "close"; readonly id: number };

/** Appends, with the number that the answer to each is to carry. */
export interface AppendMessage {
  readonly type: "append";
  readonly ids: readonly number[];
  readonly batch: readonly AppendRequest[];
}

/** An error on its way between threads. */
export interface SentError {
  readonly code: JournalErrorCode;
  readonly message: string;
  readonly cause: string | undefined;
}

/** What it answers. */
export type WorkerReply =
  | { readonly type: "ready"; readonly error?: SentError | undefined }
  | { readonly type: "appended"; readonly ids: readonly number[]; readonly outcomes: readonly AppendOutcome[] }
  | { readonly type: "result"; readonly id: number; readonly result: unknown }
  | { readonly type: "failed"; readonly ids: readonly number[]; readonly error: SentError };
