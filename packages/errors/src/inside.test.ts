import { Readable } from "node:stream";
import { transform } from "esbuild";
import { expect, test } from "vitest";
import { CallContext } from "./call-context.ts";
import { follow, type Inside, nextOf, promised, type Settler, settle, theFunction } from "./inside.ts";
import type { Next } from "./policy.ts";

const context = CallContext.root();
const refused = new Error("refused");

function recording(): Settler<unknown> & { readonly log: unknown[] } {
  const log: unknown[] = [];
  return { log, succeed: (value) => log.push(["succeed", value]), fail: (error) => log.push(["fail", error]) };
}

test.each<[string, Next<number>, unknown[]]>([
  ["returns a value", () => 1, ["succeed", 1]],
  ["returns a promise", async () => 1, ["succeed", 1]],
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
  ["returns a thenable", () => ({ then: (resolve: (value: number) => void) => resolve(1) }) as never, ["succeed", 1]],
  ["rejects", () => Promise.reject(refused), ["fail", refused]],
  [
    "throws",
    () => {
      throw refused;
    },
    ["fail", refused],
  ],
])("a function that %s tells its settler once, after begin has returned", async (_what, fn, expected) => {
  const settler = recording();
  theFunction.begin(context, fn, settler);
  expect(settler.log).toEqual([]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(settler.log).toEqual([expected]);
});

test("an async generator is refused: no policy reaches its body", async () => {
  const generate = async function* () {
    yield 1;
  };
  await expect(settle(generate as never, context)).rejects.toThrow(/async generator/);
  await expect(promised(theFunction, context, generate as never)).rejects.toThrow(TypeError);
});

test("so is one that a compiler made for an older target, but nothing that can be read more than once", async () => {
  const { code } = await transform("async function* generate() { yield 1; } return generate;", { target: "es2017" });
  await expect(settle(new Function(code)(), context)).rejects.toThrow(/async generator/);
  const cursor = { next: async () => 1, [Symbol.asyncIterator]: () => cursor };
  for (const value of [[1].values(), Readable.from([1]), new ReadableStream(), cursor, Object.create(null), null])
    await expect(settle(() => value, context)).resolves.toBe(value);
});

test("what runs inside is one function for a policy that knows only promises", async () => {
  const doubling: Inside = {
    notesTime: false,
    begin: (given, fn, settler) =>
      theFunction.begin(given, fn, {
        succeed: (value) => settler.succeed((Number(value) * 2) as never),
        fail: (error) => settler.fail(error),
      }),
  };
  const one = () => 1;
  expect(nextOf(theFunction, one)).toBe(one);
  await expect(nextOf(doubling, one)(context)).resolves.toBe(2);
  await expect(nextOf(doubling, () => Promise.reject(refused))(context)).rejects.toBe(refused);
});

test("a settler is told what a promise comes to", async () => {
  const settler = recording();
  follow(Promise.resolve(1), settler);
  follow(Promise.reject(refused), settler);
  await new Promise((resolve) => setImmediate(resolve));
  expect(settler.log).toEqual([
    ["succeed", 1],
    ["fail", refused],
  ]);
});
