import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const builtBySource = new Map<string, string>();

/** Builds a library to preload with the system's C compiler; `undefined` where that cannot be. */
export function buildShim(source: string): string | undefined {
  if (process.platform !== "linux") return undefined;
  const built = builtBySource.get(source);
  if (built !== undefined) return built;
  const library = join(mkdtempSync(join(tmpdir(), "shim-")), `${basename(source, ".c")}.so`);
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  builtBySource.set(source, library);
  return library;
}

export const noShim = "it needs Linux and a C compiler (cc)";
