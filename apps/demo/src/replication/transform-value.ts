import { HoldfastError } from "@holdfast/errors";
import type { Transform } from "../transforms/transform.ts";
import type { Variables } from "../transforms/variables.ts";
import { accountOf } from "./account-of.ts";
import type { Destination, SecretValue } from "./destination-operations.ts";

export interface TransformFigures {
  readonly mode: Transform["mode"];
  readonly rules: number;
  readonly durationMs: number;
  readonly inputBytes: number;
  readonly outputBytes: number;
}

export interface TransformValueOptions {
  readonly from: string;
  readonly at: Destination;
  readonly sourceName: string;
  readonly destinationName: string;
  /** Changes text on its way; a binary value goes as it is. */
  readonly transform: Transform | undefined;
  /** What the destination adds to the variables there are: they win over those. */
  readonly variables: Variables;
  /** Largest value that is replicated, before its transform and after, in bytes. */
  readonly maxBytes: number;
}

/**
 * The value as it will be at the destination.
 *
 * @throws TransformError; HoldfastError for a value that is too large, or that the transform leaves empty.
 */
export function transformValue(
  original: SecretValue,
  { transform, variables, from, at, sourceName, destinationName, maxBytes }: TransformValueOptions,
  sourceArn: string,
): { readonly value: SecretValue; readonly transformed: TransformFigures | undefined } {
  assertSize(sourceName, original, maxBytes, "");
  if (transform === undefined || !("text" in original)) return { value: original, transformed: undefined };
  const sourceAccount = accountOf(sourceArn);
  const started = performance.now();
  const text = transform.apply(original.text, {
    REGION: at.region,
    SOURCE_REGION: from,
    SECRET_NAME: sourceName,
    DEST_SECRET_NAME: destinationName,
    ACCOUNT_ID: at.roleArn === undefined ? sourceAccount : accountOf(at.roleArn),
    SOURCE_ACCOUNT_ID: sourceAccount,
    ...variables,
  });
  assertTransformed(sourceName, { text }, maxBytes);
  return {
    value: { text },
    transformed: {
      mode: transform.mode,
      rules: transform.rules,
      durationMs: performance.now() - started,
      inputBytes: byteLength(original),
      outputBytes: byteLength({ text }),
    },
  };
}

export function byteLength(value: SecretValue): number {
  return "text" in value ? Buffer.byteLength(value.text) : value.bytes.byteLength;
}

function assertTransformed(name: string, value: SecretValue, maxBytes: number): void {
  if (byteLength(value) === 0) {
    throw new HoldfastError(`Secret ${name} is empty once transformed; Secrets Manager keeps no empty value`, {
      code: "REPLICATE_EMPTY",
      kind: "validation",
      remediation: [{ text: "Correct the transform, or leave the secret out (--filter)" }],
    });
  }
  assertSize(name, value, maxBytes, " once transformed");
}

function assertSize(name: string, value: SecretValue, maxBytes: number, when: string): void {
  const bytes = byteLength(value);
  if (bytes <= maxBytes) return;
  throw new HoldfastError(`Secret ${name} is ${bytes} bytes${when}; ${maxBytes} are the most that is replicated`, {
    code: "REPLICATE_TOO_LARGE",
    kind: "validation",
    remediation: [{ text: "Make its value smaller; Secrets Manager itself takes 65,536 bytes" }],
  });
}
