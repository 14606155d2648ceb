/** One line of a chart. */
export interface Series {
  readonly title: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface Chart {
  readonly title: string;
  readonly xTitle: string;
  readonly series: readonly Series[];
  /** Whether x counts in powers of ten. Default false. */
  readonly logarithmic?: boolean | undefined;
  /** The highest y shown. Default: the highest there is. */
  readonly yMax?: number | undefined;
}

const [width, height] = [380, 260];
const margin = { left: 46, right: 14, top: 34, bottom: 40 };
const colours = ["#b3261e", "#b26a00", "#188038", "#1a73e8", "#5f6368"];
const dashes = ["6 3", "2 3", "none", "none", "8 3"];

/** Draws charts side by side, with one legend, as an SVG on white. */
export function drawCharts(charts: readonly Chart[]): string {
  const titles = charts[0]?.series.map(({ title }) => title) ?? [];
  const legend = titles.map((title, index) => {
    const x = 20 + index * 190;
    return `<line x1="${x}" y1="16" x2="${x + 26}" y2="16" ${stroke(index)}/><text x="${x + 32}" y="20">${title}</text>`;
  });
  const panels = charts.map((chart, index) => `<g transform="translate(${index * width} 28)">${panel(chart)}</g>`);
  const total = [Math.max(charts.length * width, titles.length * 190 + 20), height + 28];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total[0]} ${total[1]}" width="${total[0]}" height="${total[1]}" font-family="sans-serif" font-size="12">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...legend,
    ...panels,
    "</svg>",
    "",
  ].join("\n");
}

function panel({ title, xTitle, series, logarithmic = false, yMax }: Chart): string {
  const xs = series.flatMap(({ points }) => points.map(([x]) => x));
  const ys = series.flatMap(({ points }) => points.map(([, y]) => y));
  const along = (x: number) => (logarithmic ? Math.log10(x) : x);
  const [xLow, xHigh] = [along(Math.min(...xs)), along(Math.max(...xs))];
  const top = yMax ?? Math.max(...ys, 1e-9) * 1.05;
  const toX = (x: number) => margin.left + ((along(x) - xLow) / (xHigh - xLow)) * (width - margin.left - margin.right);
  const toY = (y: number) => height - margin.bottom - (Math.min(y, top) / top) * (height - margin.top - margin.bottom);
  const grid = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const y = toY(top * share).toFixed(1);
    const label = `<text x="${margin.left - 6}" y="${Number(y) + 4}" text-anchor="end">${short(top * share)}</text>`;
    return `<line x1="${margin.left}" y1="${y}" x2="${width - margin.right}" y2="${y}" stroke="#ddd"/>${label}`;
  });
  const marks = ticks(xs, logarithmic).map(
    (x) => `<text x="${toX(x).toFixed(1)}" y="${height - margin.bottom + 16}" text-anchor="middle">${short(x)}</text>`,
  );
  const lines = series.map(({ points }, index) => {
    const path = points.map(([x, y]) => `${toX(x).toFixed(1)},${toY(y).toFixed(1)}`).join(" ");
    return `<polyline points="${path}" fill="none" ${stroke(index)}/>`;
  });
  return [
    `<text x="${margin.left}" y="20" font-weight="bold">${title}</text>`,
    `<text x="${(width + margin.left) / 2}" y="${height - 8}" text-anchor="middle">${xTitle}</text>`,
    ...grid,
    ...marks,
    ...lines,
  ].join("\n");
}

const stroke = (index: number) => `stroke="${colours[index]}" stroke-width="2" stroke-dasharray="${dashes[index]}"`;

function ticks(xs: readonly number[], logarithmic: boolean): readonly number[] {
  if (logarithmic) return [...new Set(xs)];
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  return [0, 1, 2, 3, 4].map((step) => low + ((high - low) * step) / 4);
}

function short(value: number): string {
  if (value >= 1_000) return `${Number((value / 1_000).toFixed(1))}k`;
  return String(Number(value.toPrecision(2)));
}
