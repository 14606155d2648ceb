import { Ajv } from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { counter } from "../counter.ts";
import { createMetrics } from "../create-metrics.ts";
import { defineMetrics } from "../define-metrics.ts";
import { distribution } from "../distribution.ts";
import { gauge } from "../gauge.ts";
import type { Counter } from "../instruments.ts";
import { manualClock } from "../manual-clock.ts";
import { memorySink } from "../memory-sink.ts";
import { pascalCase } from "../spelling.ts";
import { emfDocuments } from "./emf-document.ts";
import { emfSink } from "./emf-sink.ts";

const definitions = defineMetrics({
  orders: counter({
    dimensions: ["shop", "country"],
    rollups: [["country"], []],
    description: "Orders placed.",
  }),
  size: distribution({ unit: "Bytes", dimensions: ["shop", "country"], description: "Size of an order." }),
  depth: gauge({ resolutionSeconds: 1, description: "Orders that wait." }),
});
// More than a document takes in one directive.
const many = Object.fromEntries(
  Array.from({ length: 230 }, (_, at) => [`many${at}`, counter({ description: "One of many." })] as const),
);

/** What EMF says that its schema does not: every target member exists, and has the right type and size. */
function assertTargets(document: Readonly<Record<string, unknown>>): void {
  const { CloudWatchMetrics } = document._aws as { CloudWatchMetrics: Directive[] };
  for (const { Dimensions, Metrics } of CloudWatchMetrics) {
    expect(Metrics.length).toBeLessThanOrEqual(100);
    for (const name of Dimensions.flat()) expect(document[name]).toMatch(/^(?=.*\S)[ -~]{1,1024}$/);
    for (const { Name } of Metrics) {
      const values = [document[Name]].flat();
      expect(values.length).toBeGreaterThan(0);
      expect(values.length).toBeLessThanOrEqual(100);
      expect(values.every((value) => Number.isFinite(value))).toBe(true);
    }
  }
  expect(JSON.stringify(document).length).toBeLessThanOrEqual(256_000);
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: string[][];
  readonly Metrics: { readonly Name: string; readonly Unit: string }[];
}

const validate = new Ajv({ strict: false }).compile(emfSchema());
const word = fc.oneof(
  fc.constantFrom("a", "b"),
  fc.string({ unit: "binary" }),
  fc.string({ minLength: 900, maxLength: 1_500 }),
);

test("every document keeps every rule of the format, and together they hold every value", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ shop: word, country: word, value: fc.double({ min: 0, max: 1e6, noNaN: true }) }), {
        maxLength: 40,
      }),
      fc.integer({ min: 0, max: 350 }),
      fc.dictionary(fc.constantFrom("service", "stage"), word),
      async (records, times, dimensions) => {
        const memory = memorySink();
        const all = { ...definitions, ...many };
        const metrics = createMetrics({ definitions: all, namespace: "Shop/test", dimensions, sinks: [memory] });
        const { orders, size, depth } = metrics.instruments;
        for (const { value, ...where } of records) {
          orders.add(value, where);
          for (let time = 0; time < times; time++) size.record(value, where);
        }
        depth.set(7);
        const counters = Object.entries(metrics.instruments).filter(([name]) => name in many);
        for (const [, counter] of counters.slice(0, times)) (counter as Counter).add(1);
        await metrics.close();
        const documents = memory.batches.flatMap((batch) => emfDocuments(batch, batch.endedAt));
        for (const document of documents) {
          expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
          assertTargets(document);
        }
        const values = (name: string) => documents.flatMap((document) => [document[name] ?? []].flat());
        expect(values("Size")).toHaveLength(records.length * times);
        expect(values("Depth")).toEqual([7]);
        expect(sum(values("Orders"))).toBeCloseTo(sum(records.map(({ value }) => value)), 5);
        expect(documents.filter((document) => "Many0" in document)).toHaveLength(Math.min(1, times));
      },
    ),
    { numRuns: 40 },
  );
});

const sum = (values: readonly unknown[]) => values.reduce<number>((total, value) => total + (value as number), 0);

function setUp() {
  const lines: string[] = [];
  const clock = manualClock();
  const stream = {
    write(text: string, done: (error?: Error) => void) {
      lines.push(...text.split("\n").slice(0, -1));
      done();
    },
  };
  const sink = emfSink({ stream, clock });
  const metrics = createMetrics({
    definitions,
    namespace: "Shop",
    dimensions: { service: "web" },
    sinks: [sink],
    clock,
  });
  return { lines, clock, metrics, documents: () => lines.map((line) => JSON.parse(line)) };
}

test("one line holds the metrics of one set of dimension values, in the full form and the coarser ones", async () => {
  const { metrics, documents } = setUp();
  metrics.instruments.orders.add(3, { shop: "a", country: "de" });
  metrics.instruments.size.record(200, { shop: "a", country: "de" });
  metrics.instruments.size.record(200, { shop: "a", country: "de" });
  await metrics.close();
  expect(documents()).toEqual([
    {
      _aws: {
        Timestamp: Date.UTC(2026, 0, 1),
        CloudWatchMetrics: [
          {
            Namespace: "Shop",
            Dimensions: [["Service", "Shop", "Country"], ["Service", "Country"], ["Service"]],
            Metrics: [{ Name: "Orders", Unit: "Count" }],
          },
          {
            Namespace: "Shop",
            Dimensions: [["Service", "Shop", "Country"], ["Service"]],
            Metrics: [{ Name: "Size", Unit: "Bytes" }],
          },
        ],
      },
      Service: "web",
      Shop: "a",
      Country: "de",
      Orders: 3,
      Size: [200, 200],
    },
  ]);
});

test("what waited longer than CloudWatch takes is dropped and counted, not written", async () => {
  const clock = manualClock();
  let fails = true;
  const lines: string[] = [];
  const stream = {
    write(text: string, done: (error?: Error) => void) {
      if (!fails) lines.push(text);
      done(fails ? new Error("full") : undefined);
    },
  };
  const memory = memorySink();
  const sinks = [emfSink({ stream, clock }), memory];
  const metrics = createMetrics({
    definitions,
    namespace: "Shop",
    sinks,
    clock,
    random: () => 0.5,
    flushIntervalMs: 2e9,
  });
  metrics.instruments.orders.add(1, { shop: "a", country: "de" });
  await metrics.flush();
  fails = false;
  clock.jump(14 * 86_400_000);
  await clock.advance(60_000);
  expect(lines).toEqual([]);
  await metrics.close();
  expect(memory.total("metricsDropped", { sink: "emf", reason: "too-old" })).toBeGreaterThanOrEqual(1);
});

test("refuses a stream that cannot be written to", () => {
  expect(() => emfSink({ stream: {} as never })).toThrow(expect.objectContaining({ option: "stream" }));
});

/** The rules of a document, as the specification states them. */
function emfSchema(): object {
  const text = (maxLength: number) => ({ type: "string", minLength: 1, maxLength });
  const scaled = [
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
  ];
  const units = ["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"];
  const metric = {
    type: "object",
    required: ["Name"],
    additionalProperties: false,
    properties: {
      Name: text(255),
      Unit: { enum: [...units, ...scaled, ...scaled.map((unit) => `${unit}/Second`)] },
      StorageResolution: { enum: [1, 60] },
    },
  };
  const directive = {
    type: "object",
    required: ["Namespace", "Dimensions", "Metrics"],
    additionalProperties: false,
    properties: {
      Namespace: text(255),
      Dimensions: {
        type: "array",
        minItems: 1,
        items: { type: "array", maxItems: 30, uniqueItems: true, items: text(255) },
      },
      Metrics: { type: "array", maxItems: 100, items: metric },
    },
  };
  return {
    type: "object",
    required: ["_aws"],
    properties: {
      _aws: {
        type: "object",
        required: ["Timestamp", "CloudWatchMetrics"],
        additionalProperties: false,
        properties: { Timestamp: { type: "integer" }, CloudWatchMetrics: { type: "array", items: directive } },
      },
    },
  };
}

test("what would be too long for a line is written as several, each short enough", async () => {
  const dimensions = Array.from({ length: 28 }, (_, at) => `d${String(at).padStart(98, "0")}`);
  const definitionOf = (at: number) => {
    // Each metric with forms of its own, so that each needs a directive of about 50,000 characters.
    const rollups = Array.from({ length: 18 }, (_, form) =>
      dimensions.filter((_, name) => name !== at && name !== form),
    );
    return counter({ dimensions, rollups, description: "Something." });
  };
  const wide = defineMetrics(Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`m${at}`, definitionOf(at)])));
  const memory = memorySink();
  const metrics = createMetrics({ definitions: wide, namespace: "Shop", sinks: [memory] });
  const where = Object.fromEntries(dimensions.map((name) => [name, "x"]));
  for (const name of Object.keys(wide)) metrics.instruments[name]!.add(1, where);
  await metrics.close();
  const documents = memory.batches.flatMap((batch) => emfDocuments(batch, batch.endedAt));
  expect(documents.length).toBeGreaterThan(1);
  for (const document of documents) expect(JSON.stringify(document).length).toBeLessThanOrEqual(256_000);
  expect(sum(Object.keys(wide).flatMap((name) => documents.map((document) => document[pascalCase(name)] ?? 0)))).toBe(
    10,
  );
});

test("a stream that takes the text alone is done when it returns; what it throws is a failed write", async () => {
  const lines: string[] = [];
  const sink = emfSink({ stream: { write: (text: string) => lines.push(text) } });
  const broken = emfSink({
    stream: {
      write: (_: string) => {
        throw new Error("closed");
      },
    },
  });
  const metrics = createMetrics({ definitions, namespace: "Shop", sinks: [sink, broken] });
  metrics.instruments.depth.set(3);
  await metrics.flush();
  expect(lines.join("")).toContain('"Depth":3');
  expect(metrics.health().sinks.map(({ state }) => state)).toEqual(["ok", "failing"]);
  await metrics.close();
});
