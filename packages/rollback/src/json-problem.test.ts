import { expect, test } from "vitest";
import { defineOperation } from "./define-operation.ts";
import type { Json } from "./json.ts";
import type { JsonProblem } from "./json-problem.ts";

const operation = { version: 1, class: "none-needed" } as const;

interface Tree {
  readonly name: string;
  readonly children?: readonly Tree[];
}
interface Plain {
  readonly id: string;
  readonly count?: number | undefined;
  readonly tags: readonly { readonly key: string; readonly value: string | null }[];
}

// What is checked is that this compiles: `tsc` refuses an expected error that does not come.
test("TypeScript refuses an operation that returns what JSON cannot hold, at its place", () => {
  const refused = [
    // @ts-expect-error: JSON cannot hold this as it is: output
    defineOperation({ ...operation, name: "date", apply: () => new Date() }),
    // @ts-expect-error: output.when
    defineOperation({ ...operation, name: "property", apply: async () => ({ id: "a", when: new Date() }) }),
    // @ts-expect-error: output.users[].groups
    defineOperation({ ...operation, name: "deep", apply: () => ({ users: [{ groups: new Map<string, string>() }] }) }),
    // @ts-expect-error: output.made
    defineOperation({ ...operation, name: "optional", apply: (): { readonly made?: Date } => ({}) }),
    // @ts-expect-error: output
    defineOperation({ ...operation, name: "bytes", apply: () => new Uint8Array(1) }),
    // @ts-expect-error: output
    defineOperation({ ...operation, name: "bigint", apply: () => 1n }),
    // @ts-expect-error: output.again
    defineOperation({ ...operation, name: "function", apply: () => ({ again: () => 1 }) }),
    // @ts-expect-error: input.at
    defineOperation({ ...operation, name: "input", apply: (_: { readonly at: Date }) => {} }),
  ];
  expect(refused).toHaveLength(8);
});

test("TypeScript takes plain JSON: interfaces, optional and nested properties, unions, recursive and unknown types, nothing", () => {
  const taken = [
    defineOperation({ ...operation, name: "a", apply: (input: Plain): Plain => input }),
    defineOperation({ ...operation, name: "b", apply: (input: Tree): Tree => input }),
    defineOperation({ ...operation, name: "c", apply: (input: Json): Json => input }),
    defineOperation({ ...operation, name: "d", apply: (input: unknown): unknown => input }),
    defineOperation({ ...operation, name: "e", apply: () => {} }),
    defineOperation({ ...operation, name: "f", apply: async (_: "a" | "b"): Promise<string | undefined> => undefined }),
    defineOperation({ ...operation, name: "g", apply: (): readonly [string, number] => ["a", 1] }),
  ];
  expect(taken).toHaveLength(7);
});

test("TypeScript names the place", () => {
  const places: JsonProblem<{ readonly a: readonly { readonly when: Date }[]; readonly b: bigint }, "output">[] = [
    "output.a[].when",
    "output.b",
  ];
  // @ts-expect-error: nothing is wrong there
  const wrong: JsonProblem<{ readonly a: string }, "output"> = "output.a";
  expect([...places, wrong]).toHaveLength(3);
});
