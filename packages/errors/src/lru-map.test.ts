import { expect, test, vi } from "vitest";
import { LruMap } from "./lru-map.ts";

test("drops the value unused for longest where there is one too many, and tells it", () => {
  const onDrop = vi.fn();
  const map = new LruMap<number>(2, { onDrop });
  map.add("a", 1);
  map.add("b", 2);
  expect(map.get("a")).toBe(1); // used again: b is now the one unused for longest
  expect(map.peek("b")).toBe(2); // which is no use
  expect(map.add("c", 3)).toBe(3);
  expect([...map.entries()]).toEqual([
    ["a", 1],
    ["c", 3],
  ]);
  expect(onDrop.mock.calls).toEqual([["b", 2]]);
});

test("outgrows its capacity while no value may go, then shrinks by one at each use", () => {
  const busy = new Set(["a", "b", "c"]);
  const map = new LruMap<string>(1, { mayDrop: (value) => !busy.has(value) });
  for (const name of ["a", "b", "c"]) map.add(name, name);
  expect([...map.values()]).toEqual(["c", "b", "a"]);
  busy.delete("b");
  map.add("d", "d");
  expect([...map.values()]).toEqual(["d", "c", "a"]);
  busy.clear();
  map.get("c");
  expect([...map.values()]).toEqual(["c", "d"]);
  map.get("c"); // the last used already: nothing is moved, and nothing goes
  expect(map.size).toBe(2);
  map.get("d");
  expect([...map.values()]).toEqual(["d"]);
});

test("forgets what is deleted, first, last or between, without telling it", () => {
  const onDrop = vi.fn();
  const map = new LruMap<number>(4, { onDrop });
  for (const [index, name] of ["a", "b", "c", "d"].entries()) map.add(name, index);
  expect(["b", "a", "d", "x"].map((name) => map.delete(name))).toEqual([1, 0, 3, undefined]);
  expect([...map.entries()]).toEqual([["c", 2]]);
  expect(map.size).toBe(1);
  expect(map.get("d")).toBeUndefined();
  expect(onDrop).not.toHaveBeenCalled();
});
