import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

let built: string | undefined;

/** Builds the shim with the system's C compiler; `undefined` where that cannot be. */
export function diskShim(): string | undefined {
  if (process.platform !== "linux") return undefined;
  if (built !== undefined) return built;
  const library = join(mkdtempSync(join(tmpdir(), "shim-")), "disk-shim.so");
  try {
    execFileSync("cc", ["-shared", "-fPIC", "-O1", "-o", library, join(import.meta.dirname, "disk-shim.c"), "-ldl"], {
      stdio: "ignore",
    });
  } catch {
    return undefined;
  }
  built = library;
  return built;
}

export const noShim = "it needs Linux and a C compiler (cc)";
