import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AnyOperation } from "@holdfast/rollback";
import { CliError, usageError } from "../cli-error.ts";
import type { CliIo } from "../cli-io.ts";
import type { JournalHandlers } from "../journal/with-journal.ts";

export type LoadedHandlers = Omit<JournalHandlers, "operations"> & { readonly operations: readonly AnyOperation[] };

/** Loads the handlers that a module exports as `operations` or default: a list, a record, or a function that makes either. */
export async function loadOperations(io: CliIo, module: string): Promise<LoadedHandlers> {
  const exported = await load(module, locate(io, module));
  const made = exported.operations ?? exported.default;
  const value: unknown = typeof made === "function" ? await made() : made;
  const operations = typeof value === "object" && value !== null ? Object.values(value) : [];
  if (operations.length === 0 || !operations.every(isOperation)) {
    throw usageError(
      `${module} has no operations: export \`operations\` (or default), a list or record of what defineOperation returned`,
    );
  }
  return { operations, ...optional(exported) };
}

function optional({ keys, checkPermissions }: Readonly<Record<string, unknown>>): Omit<JournalHandlers, "operations"> {
  return { ...(keys !== undefined && { keys }), ...(checkPermissions !== undefined && { checkPermissions }) } as Omit<
    JournalHandlers,
    "operations"
  >; // openJournal checks them
}

function locate(io: CliIo, module: string): string {
  const path = resolve(io.cwd, module);
  if (isAbsolute(module) || module.startsWith(".") || existsSync(path)) return path;
  try {
    return createRequire(resolve(io.cwd, "package.json")).resolve(module);
  } catch (cause) {
    throw new CliError(`Could not find ${module} from ${io.cwd}: give --operations a path, or install the package`, 1, {
      cause,
    });
  }
}

async function load(module: string, path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw new CliError(`Could not load ${module}: nothing was done`, 1, { cause });
  }
}

function isOperation(value: unknown): value is AnyOperation {
  if (typeof value !== "object" || value === null) return false;
  const { name, version, apply } = value as Partial<AnyOperation>;
  return typeof name === "string" && typeof version === "number" && typeof apply === "function";
}

/** As the journal finds a handler: that very version, else a later one that takes earlier records over. */
export function hasHandler(operations: readonly AnyOperation[], name: string, version: number): boolean {
  return operations.some(
    (each) => each.name === name && (each.version === version || (each.version > version && each.upcast !== undefined)),
  );
}
