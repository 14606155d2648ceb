import { expect, test } from "vitest";
import { BoundedMap } from "./bounded-map.ts";
import { RoleCache } from "./role-cache.ts";

const roleOf = (name: string) => `arn:aws:iam::111122223333:role/${name}`;

test("a bounded map makes what it lacks once, and forgets what it has had for longest", () => {
  const map = new BoundedMap<string, object>(2);
  const made = ["a", "b", "a", "c"].map((key) => map.getOrMake(key, () => ({ key })));
  expect(made[2]).toBe(made[0]);
  expect([...map.values()]).toEqual([{ key: "b" }, { key: "c" }]);
  expect(map.getOrMake("a", () => ({}))).not.toBe(made[0]);
});

test("roles are told apart by everything that was asked, and the oldest is forgotten, whatever its ARN", () => {
  const cache = new RoleCache<number>(3);
  const asked = [
    { roleArn: roleOf("A") },
    { roleArn: roleOf("A"), sessionTags: { tenant: "1" } },
    { roleArn: roleOf("A"), sessionTags: { tenant: "2" } },
    { roleArn: roleOf("B") },
  ];
  for (const [index, options] of asked.slice(0, 3).entries()) cache.add(options, index);
  expect(asked.map((options) => cache.find(structuredClone(options)))).toEqual([0, 1, 2, undefined]);
  cache.add(asked[3]!, 3);
  expect(asked.map((options) => cache.find(options))).toEqual([undefined, 1, 2, 3]);
  expect(cache.factories()).toEqual([1, 2, 3]);
});
