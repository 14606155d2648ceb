import { type JsonPath, parseJsonPath } from "./json-path.ts";
import { type JsonMember, type JsonNode, JsonTextError, readJsonText } from "./json-text.ts";
import type { Transform } from "./transform.ts";
import { TransformError } from "./transform-error.ts";
import { expandVariables, type Variables } from "./variables.ts";

/** What becomes of a value that a path names, as JSON text; `undefined` leaves it. */
type Edit = (written: string, kind: JsonNode["kind"], variables: Variables) => string | undefined;

interface Rule {
  readonly path: JsonPath;
  readonly edit: Edit;
}

/**
 * A JSON mapping as a transform: `{"transformations":[{"path","find","replace"}]}` replaces every `find`, literally, in
 * each value that `path` names; `{"$.path": value}` sets the value. What is not edited stays as it was, byte for byte.
 * A path that names nothing changes nothing. A number or word in which something was replaced stays one where it can,
 * and otherwise becomes a string.
 *
 * @throws TransformError for anything else; while transforming, for a secret that is not JSON and a variable that is
 * not defined.
 */
export function parseJsonMapping(text: string): Transform {
  const root = readMapping(text);
  if (root.kind !== "object") throw new TransformError("expected a JSON object", 1);
  const [first] = root.members;
  const rules =
    first?.key === "transformations" && root.members.length === 1
      ? parseReplacements(text, first.value)
      : root.members.map((member) => parseAssignment(text, member));
  return {
    rules: rules.length,
    mode: "json",
    apply: (secret, variables) => rules.reduce((changed, rule) => applyRule(changed, rule, variables), secret),
  };
}

function readMapping(text: string): JsonNode {
  try {
    return readJsonText(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new TransformError(`the mapping is ${error.message}`, error.line);
  }
}

function parseAssignment(text: string, { key, value }: JsonMember): Rule {
  const line = lineAt(text, value.start);
  if (!key.startsWith("$")) {
    throw new TransformError(
      `${JSON.stringify(key)} is no path: expected {"$.path": value} or {"transformations": [...]}`,
      line,
    );
  }
  const written = text.slice(value.start, value.end);
  // A value is written as the mapping writes it, so that 1.0 stays 1.0; text is written anew where it has variables.
  const edit: Edit =
    value.kind === "string"
      ? (_, __, variables) => JSON.stringify(expandVariables(JSON.parse(written) as string, variables, undefined, line))
      : () => written;
  return { path: parseJsonPath(key, line), edit };
}

function parseReplacements(text: string, list: JsonNode): readonly Rule[] {
  if (list.kind !== "array") {
    throw new TransformError("expected transformations to be a list", lineAt(text, list.start));
  }
  return list.items.map((item) => {
    const line = lineAt(text, item.start);
    const fields = new Map(item.kind === "object" ? item.members.map(({ key, value }) => [key, value]) : []);
    const read = (name: string): string => {
      const node = fields.get(name);
      if (node?.kind !== "string") {
        throw new TransformError(
          'expected each transformation to be {"path": "$…", "find": "…", "replace": "…"}',
          line,
        );
      }
      return JSON.parse(text.slice(node.start, node.end)) as string;
    };
    const [path, find, replace] = [read("path"), read("find"), read("replace")];
    if (find === "") throw new TransformError('find is empty: to set a value, write {"$.path": value}', line);
    const edit: Edit = (written, kind, variables) => {
      if (kind === "object" || kind === "array") return undefined;
      const before = kind === "string" ? (JSON.parse(written) as string) : written;
      const sought = expandVariables(find, variables, undefined, line);
      const after =
        sought === "" ? before : before.replaceAll(sought, () => expandVariables(replace, variables, undefined, line));
      if (after === before) return undefined;
      return kind !== "string" && isScalar(after) ? after : JSON.stringify(after);
    };
    return { path: parseJsonPath(path, line), edit };
  });
}

function isScalar(text: string): boolean {
  return /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/.test(text);
}

function applyRule(secret: string, { path, edit }: Rule, variables: Variables): string {
  let root: JsonNode;
  try {
    root = readJsonText(secret);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new TransformError(`the secret is ${error.message}; a JSON mapping needs one that is`);
  }
  let changed = "";
  let copied = 0;
  for (const { start, end, kind } of path(root).toSorted((one, other) => one.start - other.start)) {
    if (start < copied) continue; // it stood within a value that was just written anew
    const written = edit(secret.slice(start, end), kind, variables);
    if (written === undefined) continue;
    changed += secret.slice(copied, start) + written;
    copied = end;
  }
  return changed + secret.slice(copied);
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split("\n").length;
}
