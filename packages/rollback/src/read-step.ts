import type { RecordedStep } from "./define-operation.ts";
import type { Json } from "./json.ts";
import type { AnyOperation, OperationRegistry } from "./operation-registry.ts";
import type { ParkReason } from "./protocol/record.ts";
import type { StepState } from "./protocol/step-state.ts";
import { hasSealedFields, type SensitiveFields } from "./sensitive-fields.ts";

/** A step read back, with the handler that knows it; the handler takes any input by its type, and checks this one itself. */
export interface ReadableStep {
  readonly operation: AnyOperation;
  readonly input: never;
  readonly output: never;
}

export interface UnreadableStep {
  readonly unreadable: Extract<ParkReason, "handler-missing" | "upcast-failed" | "unreadable-input">;
  readonly error: unknown;
}

/** Finds a step's handler and reads its input and output for it: decrypted, taken over from an older version, checked. */
export function readStep(
  { intent, output, happened, unwritten }: StepState,
  operations: OperationRegistry,
  fields: SensitiveFields | undefined,
): ReadableStep | UnreadableStep {
  const operation = operations.find(intent.operation, intent.version);
  if (operation === undefined) return { unreadable: "handler-missing", error: undefined };
  let step: RecordedStep;
  try {
    const unseal = (value: Json | undefined) => unsealed(value, intent.step, fields);
    step = { version: intent.version, input: unseal(intent.input), output: unseal(output) };
  } catch (error) {
    return { unreadable: "unreadable-input", error };
  }
  try {
    const { input, output: read } = operation.version === intent.version ? step : operation.upcast!(step);
    const known = happened && unwritten === undefined;
    const checkedOutput = known && operation.output !== undefined ? operation.output(read) : read;
    const checkedInput = operation.input === undefined ? input : operation.input(input);
    return { operation, input: checkedInput as never, output: checkedOutput as never };
  } catch (error) {
    return { unreadable: operation.version === intent.version ? "unreadable-input" : "upcast-failed", error };
  }
}

function unsealed(value: Json | undefined, step: number, fields: SensitiveFields | undefined): Json | undefined {
  if (fields !== undefined) return fields.unseal(value, step);
  if (hasSealedFields(value)) throw new Error("the key to its encrypted fields is not there");
  return value;
}
