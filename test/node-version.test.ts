import { expect, test } from "vitest";

test("the tests run by the Node that this run is about", () => {
  const expected = process.env.HOLDFAST_EXPECTED_NODE_MAJOR ?? "24"; // the Node pinned in devDependencies
  expect(process.versions.node.split(".")[0]).toBe(expected);
});
