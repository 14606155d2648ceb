import { parseJsonMapping } from "./json-mapping.ts";
import { parseSedScript, type SedOptions } from "./sed-script.ts";
import type { Transform } from "./transform.ts";

export type TransformMode = "auto" | "sed" | "json";

/**
 * Reads a transform. `auto` takes what begins with `{` for a JSON mapping, as no sed command does, and all else for a sed
 * script.
 *
 * @throws TransformError naming the line.
 */
export function readTransform(text: string, mode: TransformMode, options?: SedOptions): Transform {
  const isJson = mode === "json" || (mode === "auto" && text.trimStart().startsWith("{"));
  return isJson ? parseJsonMapping(text) : parseSedScript(text, options);
}
