import { expect, test } from "vitest";
import { openScreen } from "../screen/screen.ts";
import { showcase } from "./showcase.ts";

test("every scene ends as it should, and no secret value is shown", { timeout: 300_000 }, async () => {
  let shown = "";
  const output = { write: (text: string) => (shown += text) };
  const asItShould = await showcase({
    screen: openScreen({ output, json: true, env: {} }),
    signal: new AbortController().signal,
    secrets: 24,
    stepDeadlineMs: 5_000,
    valueFor: (name, round) => `canary-${name}-${round}`,
  });
  expect(asItShould, shown).toBe(true);
  expect(shown).not.toContain("canary-");

  const facts = shown
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const turns = facts.filter(({ type }) => type === "circuit").map(({ to }) => to);
  expect(turns).toEqual(expect.arrayContaining(["open", "half-open", "closed"]));
  const figures = facts.find(({ type, name }) => type === "table" && name === "figures");
  expect(figures.rows.slice(1).map(([scene, good]: string[]) => [scene, good])).toEqual([
    ["clean", "yes"],
    ["storm", "yes"],
    ["dying", "yes"],
    ["killed", "yes"],
  ]);
});
