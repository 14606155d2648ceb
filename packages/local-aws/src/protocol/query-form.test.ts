import { expect, test } from "vitest";
import { parseQueryForm } from "./query-form.ts";
import { toXml } from "./xml.ts";

test("makes lists and structures of dotted names, in the order of their numbers", () => {
  const order = [3, 11, 1, 2, 10, 4, 9, 5, 8, 6, 7];
  const numbers = order.map((number) => `Tags.member.${number}.Key=k${number}`);
  const form = new URLSearchParams(`Action=X&${numbers.join("&")}&Metric.Name=a+b&Values.member.1=1`);
  expect(parseQueryForm(form)).toEqual({
    Action: "X",
    Tags: Array.from({ length: 11 }, (_, index) => ({ Key: `k${index + 1}` })),
    Metric: { Name: "a b" },
    Values: ["1"],
  });
});

test("does not let a name reach the prototype", () => {
  parseQueryForm(new URLSearchParams("__proto__.polluted=1&constructor.prototype.polluted=1"));
  expect({}).not.toHaveProperty("polluted");
});

test("writes lists as members, leaves out what is absent, and escapes", () => {
  const output = { Names: ["<a>", "b&c"], None: undefined, Nested: { Flag: true, Count: 2 } };
  expect(toXml(output)).toBe(
    "<Names><member>&lt;a&gt;</member><member>b&amp;c</member></Names><Nested><Flag>true</Flag><Count>2</Count></Nested>",
  );
});
