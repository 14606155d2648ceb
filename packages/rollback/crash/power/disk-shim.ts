import { join } from "node:path";
import { buildShim } from "../build-shim.ts";

/** The library that records what a process writes, or makes it fail; `undefined` where it cannot be built. */
export function diskShim(): string | undefined {
  return buildShim(join(import.meta.dirname, "disk-shim.c"));
}
