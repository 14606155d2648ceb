import type { Transform } from "../transforms/transform.ts";
import type { TransformFigures } from "./transform-value.ts";

/** What became of one secret. `not-tried`: the run had failed before its turn, or while it was read. */
export type SecretOutcome = "created" | "updated" | "unchanged" | "skipped" | "failed" | "not-tried";

/** What a run reports as it happens. Never holds a secret's value. */
export type ReplicationEvent =
  | { readonly type: "listed"; readonly total: number }
  | { readonly type: "secret"; readonly name: string; readonly outcome: SecretOutcome }
  | {
      readonly type: "written";
      readonly name: string;
      readonly mode: Transform["mode"] | "none";
      readonly durationMs: number;
      readonly bytes: number;
    }
  | ({ readonly type: "transformed"; readonly name: string } & TransformFigures)
  | {
      readonly type: "rolling-back";
      readonly name: string;
      readonly error: unknown;
      /** How long the secret that failed was worked on. */
      readonly durationMs: number;
    };
