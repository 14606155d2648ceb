import { expect, test } from "vitest";
import { policyAlarms } from "../alarms/policy-alarms.ts";
import { counter } from "../counter.ts";
import { defineMetrics } from "../define-metrics.ts";
import { gauge } from "../gauge.ts";
import { cloudWatchPrices } from "./cloudwatch-prices.ts";
import { estimateCost } from "./estimate-cost.ts";

const definitions = defineMetrics({
  orders: counter({ dimensions: ["shop", "country"], rollups: [["country"], []], description: "Orders." }),
  depth: gauge({ description: "Depth." }),
});

test("counts the full form and each coarser one, as CloudWatch does", () => {
  const { seriesByMetric, series } = estimateCost({ definitions }, { valuesPerDimension: { shop: 10, country: 3 } });
  expect(seriesByMetric).toEqual({ orders: 30 + 3 + 1, depth: 1 });
  expect(series).toBe(35);
});

test("prices a month: metrics by tier, requests, alarms and dashboards", () => {
  const estimate = estimateCost(
    { definitions },
    { valuesPerDimension: { shop: 10_000, country: 2 }, alarms: policyAlarms, dashboards: 1 },
  );
  expect(estimate.series).toBe(20_000 + 2 + 1 + 1);
  expect(estimate.metricsCost).toBeCloseTo(10_000 * 0.3 + 10_004 * 0.1, 6);
  expect(estimate.requests).toBe(43_800 * 21);
  expect(estimate.requestsCost).toBeCloseTo((43_800 * 21 * 0.01) / 1_000, 6);
  expect(estimate.alarmsCost).toBeCloseTo(Object.keys(policyAlarms).length * 0.1, 6);
  expect(estimate.monthlyCost).toBeCloseTo(estimate.metricsCost + estimate.requestsCost + estimate.alarmsCost + 3, 6);
  expect(estimate.pricesAsOf).toBe(cloudWatchPrices.asOf);
});

test("every price says where it was read, and which could not be confirmed", () => {
  const { sources } = cloudWatchPrices;
  for (const price of Object.keys(sources)) expect(cloudWatchPrices).toHaveProperty(price);
  const unconfirmed = Object.entries(sources).filter(([, { since }]) => since === undefined);
  expect(unconfirmed.map(([price]) => price)).toEqual(["dashboard"]);
});

test("other prices, intervals and numbers of processes", () => {
  const prices = { ...cloudWatchPrices, metrics: [{ upTo: Number.POSITIVE_INFINITY, perUnit: 1 }] };
  const estimate = estimateCost({ definitions }, { prices, flushIntervalMs: 10_000, processes: 3 });
  expect(estimate.metricsCost).toBe(4);
  expect(estimate.requests).toBe(262_800 * 3);
});

test("refuses a number of values that is none", () => {
  expect(() => estimateCost({ definitions }, { valuesPerDimension: { shop: 0 } })).toThrow(
    expect.objectContaining({ option: "shop" }),
  );
});
