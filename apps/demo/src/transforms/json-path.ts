import type { JsonNode } from "./json-text.ts";
import { TransformError } from "./transform-error.ts";

/** Finds the values that a path names. */
export type JsonPath = (root: JsonNode) => readonly JsonNode[];

type Step = (node: JsonNode) => readonly JsonNode[];

const member = /\.(?<name>[\p{L}_$][\p{L}\p{N}_$-]*|\*)/uy;
const bracket = /\[(?:(?<index>-?\d+)|(?<every>\*)|'(?<single>(?:[^'\\]|\\.)*)'|"(?<double>(?:[^"\\]|\\.)*)")\]/y;

/**
 * A JSONPath of names, indices and wildcards: `$.a.b`, `$.list[0]`, `$.list[-1]`, `$.list[*].a`, `$['a.b']`, `$..a`.
 *
 * @throws TransformError for anything else.
 */
export function parseJsonPath(path: string, line?: number): JsonPath {
  const steps: Step[] = [];
  let at = path.startsWith("$") ? 1 : -1;
  while (at >= 0 && at < path.length) {
    const deep = path.startsWith("..", at);
    member.lastIndex = deep ? at + 1 : at;
    bracket.lastIndex = deep ? at + 2 : at;
    const groups = (member.exec(path) ?? bracket.exec(path))?.groups;
    if (groups === undefined) break;
    if (deep) steps.push(descendants);
    steps.push(stepOf(groups));
    at = Math.max(member.lastIndex, bracket.lastIndex);
  }
  if (at !== path.length) {
    throw new TransformError(
      `${JSON.stringify(path)} is no path: expected $ and then .name, ['name'], [0], [*] or ..name`,
      line,
    );
  }
  return (root) => steps.reduce<readonly JsonNode[]>((found, step) => [...new Set(found.flatMap(step))], [root]);
}

function stepOf(groups: Readonly<Record<string, string | undefined>>): Step {
  const { index, every, single, double } = groups;
  if (every !== undefined || groups.name === "*") return children;
  if (index !== undefined) {
    return (node) => (node.kind === "array" ? [node.items.at(Number(index))].filter((one) => one !== undefined) : []);
  }
  const name = groups.name ?? (single ?? double ?? "").replace(/\\(.)/g, "$1");
  return (node) =>
    node.kind === "object" ? node.members.filter(({ key }) => key === name).map(({ value }) => value) : [];
}

function children(node: JsonNode): readonly JsonNode[] {
  if (node.kind === "object") return node.members.map(({ value }) => value);
  return node.kind === "array" ? node.items : [];
}

function descendants(node: JsonNode): readonly JsonNode[] {
  return [node, ...children(node).flatMap(descendants)];
}
