import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { OptionError } from "../../option-error.ts";
import { assertInteger, assertKnownOptions } from "../../options.ts";
import { createRedactor } from "../../redact/redact.ts";
import type { ErrorRecord } from "../error-record.ts";
import type { ErrorSink } from "../error-sink.ts";
import { withFileLock } from "./file-lock.ts";
import { mostFiles, rotate } from "./rotate.ts";

export interface FileSinkOptions {
  /** Where to write, e.g. `.holdfast/errors.jsonl`; its directory is made if need be. */
  readonly path: string;
  /** Size at which the file becomes `path`.1. Integer ≥ 1024. Default 10,485,760 (10 MiB). */
  readonly maxBytes?: number | undefined;
  /** Files kept, the current one included. Integer from 1 to 100. Default 5. */
  readonly maxFiles?: number | undefined;
  /** Whether `write` resolves only when the disk has it. Default true. */
  readonly durable?: boolean | undefined;
}

/**
 * Appends records to a file, one JSON line each, so that another process can read them. Several processes may write to
 * one file: a lock keeps their lines and rotations apart. Records are redacted once more, and the file is readable to its
 * owner alone.
 *
 * @throws OptionError if an option is out of range.
 */
export function fileSink(options: FileSinkOptions): ErrorSink {
  assertKnownOptions("fileSink()", options, { path: 0, maxBytes: 0, maxFiles: 0, durable: 0 });
  const { path, maxBytes = 10_485_760, maxFiles = 5, durable = true } = options;
  if (typeof path !== "string" || path === "") throw new OptionError("path", "the path of a file", path);
  assertInteger("maxBytes", maxBytes, { min: 1_024 });
  assertInteger("maxFiles", maxFiles, { min: 1, max: mostFiles });
  const redact = createRedactor();
  return {
    async write(records) {
      const lines = records.map((record) => lineOf(redact(record) as ErrorRecord));
      const text = lines.join("");
      await mkdir(dirname(path), { recursive: true });
      await withFileLock(path, async () => {
        await rotate(path, Buffer.byteLength(text), maxBytes, maxFiles);
        await append(path, text, durable);
      });
    },
  };
}

function lineOf(record: ErrorRecord): string {
  return `${JSON.stringify(record)}\n`;
}

async function append(path: string, text: string, durable: boolean): Promise<void> {
  const file = await open(path, "a+", 0o600);
  try {
    const torn = await endsMidLine(file);
    await file.appendFile(torn ? `\n${text}` : text); // a writer that died mid-line costs its own line alone
    if (durable) await file.datasync();
  } finally {
    await file.close();
  }
}

async function endsMidLine(file: Awaited<ReturnType<typeof open>>): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] !== 0x0a;
}
