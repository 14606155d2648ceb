import { type Span, spansByCircuit, type Timeline } from "./timeline.ts";
import type { CircuitStateName } from "./transition.ts";

export interface TimelineSvgOptions {
  /** Width of the picture in pixels. Default 800. */
  readonly width?: number | undefined;
  readonly title?: string | undefined;
}

const fills: Readonly<Record<CircuitStateName, string>> = {
  closed: "#4c956c",
  open: "#c1444b",
  "half-open": "#e0a030",
  isolated: "#7a3b69",
  "forced-closed": "#2c6e8f",
  disabled: "#9aa0a6",
};

const rowHeight = 34;
const barHeight = 20;
const top = 44;
const margin = 16;
const ticks = 6;

/** Draws a timeline as an SVG picture: one bar per circuit, coloured by state, with the reason of each change as its tooltip. */
export function timelineSvg(
  timeline: Timeline,
  { width = 800, title = "Circuits over time" }: TimelineSvgOptions = {},
): string {
  const spans = [...spansByCircuit(timeline)];
  const left = margin + 7 * Math.max(0, ...spans.map(([name]) => name.length)) + 8;
  const scale = {
    left,
    perMs: (width - left - margin) / Math.max(1, timeline.to - timeline.from),
    from: timeline.from,
  };
  const bottom = top + spans.length * rowHeight;
  const height = bottom + 56;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="ui-sans-serif, system-ui, sans-serif" font-size="12">`,
    `  <title>${escaped(title)}</title>`,
    `  <rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `  <text x="${margin}" y="24" font-size="15" fill="#202124">${escaped(title)}</text>`,
    ...spans.flatMap(([name, own], row) => drawRow(name, own, top + row * rowHeight, scale)),
    ...drawAxis(timeline, bottom, scale),
    ...drawLegend(
      spans.flatMap(([, own]) => own),
      bottom + 44,
      left,
    ),
    "</svg>",
    "",
  ].join("\n");
}

interface Scale {
  readonly left: number;
  readonly perMs: number;
  readonly from: number;
}

function drawRow(name: string, spans: readonly Span[], y: number, scale: Scale): string[] {
  const label = `  <text x="${margin}" y="${y + 15}" fill="#202124">${escaped(name)}</text>`;
  return [label, ...spans.filter(({ from, to }) => to > from).map((span) => drawSpan(span, y, scale))];
}

function drawSpan({ state, from, to, endedBy }: Span, y: number, scale: Scale): string {
  const seconds = `${((to - from) / 1_000).toFixed(2)} s`;
  const tooltip = `${state} for ${seconds}${endedBy === undefined ? "" : `, until ${endedBy.replaceAll("-", " ")}`}`;
  const x = round(xOf(from, scale));
  const width = round(Math.max(1, (to - from) * scale.perMs)); // at least a pixel: nothing that happened is invisible
  const attributes = `x="${x}" y="${y}" width="${width}" height="${barHeight}" fill="${fills[state]}"`;
  return `  <rect ${attributes}><title>${escaped(tooltip)}</title></rect>`;
}

function drawAxis({ from, to }: Timeline, y: number, scale: Scale): string[] {
  return Array.from({ length: ticks }, (_, tick) => {
    const at = from + ((to - from) * tick) / (ticks - 1);
    const x = round(xOf(at, scale));
    const seconds = `${round((at - from) / 1_000)} s`;
    const anchor = tick === 0 ? "start" : tick === ticks - 1 ? "end" : "middle";
    return [
      `  <line x1="${x}" y1="${y}" x2="${x}" y2="${y + 5}" stroke="#9aa0a6"/>`,
      `  <text x="${x}" y="${y + 18}" text-anchor="${anchor}" fill="#5f6368">${seconds}</text>`,
    ];
  }).flat();
}

function drawLegend(spans: readonly Span[], y: number, left: number): string[] {
  const states = Object.entries(fills).filter(([state]) => spans.some((span) => span.state === state));
  return states.flatMap(([state, fill], index) => {
    const x = left + index * 104;
    return [
      `  <rect x="${x}" y="${y - 10}" width="12" height="12" fill="${fill}"/>`,
      `  <text x="${x + 18}" y="${y}" fill="#202124">${state}</text>`,
    ];
  });
}

function xOf(at: number, { left, perMs, from }: Scale): number {
  return left + (at - from) * perMs;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
