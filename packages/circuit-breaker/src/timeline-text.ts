import { assertInteger } from "@holdfast/errors/policy";
import { type Span, spansByCircuit, type Timeline } from "./timeline.ts";
import type { CircuitStateName } from "./transition.ts";

export interface TimelineTextOptions {
  /** Columns of the bars. Integer ≥ 1. Default 60. */
  readonly width?: number | undefined;
}

const marks: Readonly<Record<CircuitStateName, string>> = {
  closed: "─",
  open: "█",
  "half-open": "▒",
  isolated: "▓",
  "forced-closed": "═",
  disabled: "·",
};

/**
 * Draws a timeline as text: one line per circuit, a column per stretch of time, and a legend. Of several
 * states in a column the least usual is shown, so that a short opening is never lost. Circuits that never changed are not.
 */
export function timelineText(timeline: Timeline, { width = 60 }: TimelineTextOptions = {}): string {
  assertInteger("width", width, { min: 1 });
  const spans = spansByCircuit(timeline);
  const nameWidth = Math.max(0, ...[...spans.keys()].map((name) => name.length));
  const bars = [...spans].map(([name, own]) => `${name.padEnd(nameWidth)} ${bar(own, timeline, width)}`);
  const seconds = `${((timeline.to - timeline.from) / 1_000).toFixed(1)} s`;
  const axis = `${" ".repeat(nameWidth)} 0${seconds.padStart(width - 1)}`;
  const seen = new Set([...spans.values()].flat().map(({ state }) => state));
  const legend = Object.entries(marks).filter(([state]) => seen.has(state as CircuitStateName));
  return [...bars, axis, legend.map(([state, mark]) => `${mark} ${state}`).join("  ")].join("\n");
}

function bar(spans: readonly Span[], { from, to }: Timeline, width: number): string {
  const columnMs = (to - from) / width;
  return Array.from({ length: width }, (_, column) => {
    const start = from + column * columnMs;
    const within = spans.filter((span) => span.from < start + columnMs && span.to > start);
    return marks[leastUsual(within.map(({ state }) => state))];
  }).join("");
}

const leastUsualFirst: readonly CircuitStateName[] = ["isolated", "half-open", "open", "forced-closed", "disabled"];

function leastUsual(states: readonly CircuitStateName[]): CircuitStateName {
  return leastUsualFirst.find((state) => states.includes(state)) ?? "closed";
}
