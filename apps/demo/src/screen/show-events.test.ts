import { expect, test } from "vitest";
import type { ReplicatorEvent } from "../replication/open-replicator.ts";
import { openScreen } from "./screen.ts";
import { showEvents } from "./show-events.ts";

const shown = (events: readonly object[], options = {}) => {
  let text = "";
  const show = showEvents(
    openScreen({ output: { write: (more: string) => (text += more) }, json: false, env: {} }),
    options,
  );
  for (const event of events) show(event as ReplicatorEvent);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
};
const turn = (from: string, to: string, reason: string) => ({ type: "circuit", circuit: "c", from, to, reason });
const opens = turn("closed", "open", "consecutive-failures");
const probes = turn("open", "half-open", "open-time-over");
const failsAgain = turn("half-open", "open", "probe-failed");
const closes = turn("half-open", "closed", "probes-succeeded");

test("an outage that lasts is told once, and each of two outages is", () => {
  const outage = [opens, probes, failsAgain, probes, failsAgain, probes, closes];
  const lines = [
    "closed → open (consecutive-failures)",
    "open → half-open (open-time-over)",
    "half-open → closed (probes-succeeded)",
  ];
  expect(shown([...outage, ...outage])).toEqual([...lines, ...lines].map((line) => `circuit c: ${line}`));
});

test("destinations at work at once are counted together, each named", () => {
  const secret = (region: string) => ({ type: "secret", name: "app/a", outcome: "created", region });
  const listed = { type: "listed", total: 1 };
  const both = [listed, listed, secret("eu-west-1"), secret("us-west-2")];
  const next = [{ type: "listed", total: 2 }, secret("eu-west-1"), secret("eu-west-1")];
  expect(shown([...both, ...next], { namesRegion: true })).toEqual([
    "1/2 app/a created in eu-west-1",
    "2/2 app/a created in us-west-2",
    "2/2 app/a created in eu-west-1",
  ]);
});

test("secrets that were not tried are no progress", () => {
  const secret = (outcome: string) => ({ type: "secret", name: "app/a", outcome });
  expect(shown([{ type: "listed", total: 2 }, secret("not-tried"), secret("failed")])).toEqual(["2/2 app/a failed"]);
});
