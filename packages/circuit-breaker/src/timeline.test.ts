import { CallContext } from "@holdfast/errors/policy";
import { manualClock } from "@holdfast/errors/testing";
import { describe, expect, test } from "vitest";
import { circuitBreaker, circuitsByKey, recordTimeline, timelineSvg, timelineText } from "./index.ts";

/** Three services over a minute: one is well, one is down for a while, one stumbles and is isolated by hand. */
async function anOutage() {
  const clock = manualClock();
  const circuits = circuitsByKey({
    clock,
    key: ({ service }) => service ?? "-",
    consecutiveFailures: 3,
    openMs: { initialMs: 4_000, maxMs: 30_000 },
    halfOpen: { probes: 2 },
  });
  const recorder = recordTimeline(circuits, { clock });
  const isDown = (service: string, second: number) =>
    service === "SecretsManager" ? second >= 6 && second < 24 : service === "STS" && second >= 30 && second < 34;
  for (let second = 0; second < 60; second++) {
    for (const service of ["CloudWatch", "SecretsManager", "STS"]) {
      const call = async () => {
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 400));
        if (isDown(service, second)) throw new Error("503");
      };
      circuits.executeWithin(CallContext.root({ call: { service } }), call).catch(() => {});
    }
    const hold = second === 40 ? circuits.get("STS").isolate() : undefined;
    if (hold !== undefined) clock.setTimeout(() => hold.dispose(), 9_000);
    await clock.advance(1_000);
  }
  return recorder;
}

describe("timeline", () => {
  test("draws, as text, which circuit was in which state when", async () => {
    const recorder = await anOutage();
    expect(timelineText(recorder.timeline()).split("\n")).toEqual([
      "SecretsManager ────────█████▒████████▒████████████████▒▒───────────────────",
      "STS            ────────────────────────────────█████▒▒─▓▓▓▓▓▓▓▓▓───────────",
      "               0                                                     60.0 s",
      "─ closed  █ open  ▒ half-open  ▓ isolated",
    ]);
  });

  test("the picture in the documentation is what the renderer draws", async () => {
    const recorder = await anOutage();
    const title = "Two circuits over a minute: an outage of 18 s, and a short one followed by an isolation by hand";
    const svg = timelineSvg(recorder.timeline(), { title });
    await expect(svg).toMatchFileSnapshot("../../../docs/circuit-timeline.svg");
  });

  test("an opening shorter than a column is still seen", async () => {
    const clock = manualClock();
    const circuit = circuitBreaker({ name: "orders", clock });
    using recorder = recordTimeline(circuit, { clock });
    await clock.advance(1_200_000);
    using _hold = circuit.isolate();
    await clock.advance(1);
    circuit.reset();
    await clock.advance(800_000);
    expect(timelineText(recorder.timeline(), { width: 4 }).split("\n")[0]).toBe("orders ──▓─");
    expect(timelineSvg(recorder.timeline())).toContain("<title>isolated for 0.00 s, until reset</title>");
  });

  test("a recorder keeps its capacity, says what it dropped, and stops when disposed of", () => {
    const clock = manualClock();
    const circuit = circuitBreaker({ clock });
    const recorder = recordTimeline(circuit, { clock, capacity: 2 });
    circuit.trip();
    circuit.reset();
    circuit.trip();
    recorder.dispose();
    circuit.reset();
    const { entries, dropped } = recorder.timeline();
    expect(entries.map(({ from, to }) => `${from} > ${to}`)).toEqual(["open > closed", "closed > open"]);
    expect(dropped).toBe(1);
  });

  test("names and titles cannot break the picture", () => {
    const clock = manualClock();
    const circuit = circuitBreaker({ name: '<b>&"', clock });
    const recorder = recordTimeline(circuit, { clock });
    circuit.trip();
    const svg = timelineSvg(recorder.timeline(), { title: "a < b" });
    expect(svg).toContain("&lt;b&gt;&amp;&quot;");
    expect(svg).not.toContain("<b>");
  });

  test("a timeline without transitions is an axis alone", () => {
    const clock = manualClock();
    const timeline = recordTimeline(circuitBreaker({ clock }), { clock }).timeline();
    expect(timelineText(timeline, { width: 10 })).toBe(" 0    0.0 s\n");
    expect(timelineSvg(timeline)).toContain("</svg>");
  });
});

test("a recorder refuses an option that it does not have", () => {
  expect(() => recordTimeline(circuitBreaker(), { capcity: 5 } as never)).toThrow(
    "the options of recordTimeline() are capacity, clock",
  );
});
