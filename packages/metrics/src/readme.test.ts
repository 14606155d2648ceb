import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { policyAlarms } from "./alarms/policy-alarms.ts";
import { replicationAlarms } from "./alarms/replication-alarms.ts";
import { policyMetrics } from "./policy-metrics.ts";
import { replicationMetrics } from "./replication-metrics.ts";
import { sdkMetrics } from "./sdk/sdk-metrics.ts";
import { selfMetrics } from "./self-metrics.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");

test.each(
  Object.entries({ replicationMetrics, policyMetrics, sdkMetrics, selfMetrics, replicationAlarms, policyAlarms }),
)("the README names all of %s", (_, ready) => {
  expect(Object.keys(ready).filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
