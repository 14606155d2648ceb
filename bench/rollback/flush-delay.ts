import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The command to run others under, whose flushes then take longer, and how to remove it. */
export interface FlushDelay {
  readonly command: readonly string[];
  readonly remove: () => void;
}

/** Compiles `flush-delay.c`, and tries it; tells why not where the kernel or a compiler does not allow it. */
export function flushDelay(milliseconds: number): FlushDelay | { readonly impossible: string } {
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  const remove = () => rmSync(folder, { recursive: true });
  const impossible = (why: string) => {
    remove();
    return { impossible: why };
  };
  if (process.platform !== "linux") return impossible("it needs Linux (seccomp user notification)");
  const program = join(folder, "flush-delay");
  const compiled = spawnSync("cc", ["-O2", "-o", program, join(import.meta.dirname, "flush-delay.c")], {
    encoding: "utf8",
  });
  if (compiled.error !== undefined) return impossible("there is no C compiler `cc`");
  if (compiled.status !== 0) return impossible(`cc: ${compiled.stderr}`);
  const command = [program, String(milliseconds * 1_000)];
  const { status, stderr } = spawnSync(program, [...command.slice(1), "true"], { encoding: "utf8" });
  return status === 0 ? { command, remove } : impossible(`the kernel refuses it: ${stderr.trim()}`);
}
