export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface ChartOptions {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly logarithmic: boolean;
  /** A span of x to shade. */
  readonly shade?: readonly [from: number, to: number];
}

const size = { width: 760, height: 420, left: 70, right: 190, top: 40, bottom: 50 };
const colours = ["#4e79a7", "#f28e2b", "#e15759", "#76b7b2", "#59a14f", "#b07aa1", "#9c755f", "#333333"];

/** A line chart as SVG text: no script, no font of its own, legible on white. */
export function chart(lines: readonly Line[], { title, x, y, logarithmic, shade }: ChartOptions): string {
  const points = lines.flatMap((line) => line.points);
  const xs = scale(
    points.map(([value]) => value),
    size.left,
    size.width - size.right,
    logarithmic,
  );
  const ys = scale(
    points.map(([, value]) => value),
    size.height - size.bottom,
    size.top,
    logarithmic,
  );
  const shaded =
    shade === undefined
      ? ""
      : `<rect x="${xs.place(shade[0])}" y="${size.top}" width="${(xs.place(shade[1]) - xs.place(shade[0])).toFixed(1)}" height="${size.height - size.top - size.bottom}" fill="#eee"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size.width} ${size.height}" font-family="sans-serif" font-size="12">
<rect width="100%" height="100%" fill="#fff"/>${shaded}
<text x="${size.left}" y="22" font-size="15">${title}</text>
<text x="${(size.left + size.width - size.right) / 2}" y="${size.height - 10}" text-anchor="middle">${x}</text>
<text transform="translate(16 ${size.height / 2}) rotate(-90)" text-anchor="middle">${y}</text>
${xs.ticks.map((value) => `<text x="${xs.place(value)}" y="${size.height - size.bottom + 16}" text-anchor="middle">${spoken(value)}</text>`).join("\n")}
${ys.ticks.map((value) => `<path d="M${size.left} ${ys.place(value)}H${size.width - size.right}" stroke="#ddd"/><text x="${size.left - 6}" y="${ys.place(value) + 4}" text-anchor="end">${spoken(value)}</text>`).join("\n")}
${lines.map((line, index) => drawn(line, index, (point) => `${xs.place(point[0])},${ys.place(point[1])}`)).join("\n")}
</svg>
`;
}

function drawn({ name, points }: Line, index: number, place: (point: readonly [number, number]) => string): string {
  const colour = colours[index % colours.length];
  const y = size.top + 16 + index * 18;
  return `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points.map(place).join(" ")}"/><path d="M${size.width - size.right + 14} ${y - 4}h18" stroke="${colour}" stroke-width="3"/><text x="${size.width - size.right + 38}" y="${y}">${name}</text>`;
}

function scale(values: readonly number[], from: number, to: number, logarithmic: boolean) {
  const turn = logarithmic ? Math.log10 : (value: number) => value;
  const low = logarithmic ? Math.floor(turn(Math.min(...values))) : 0;
  const high = logarithmic ? Math.ceil(turn(Math.max(...values))) : Math.max(...values);
  const ticks = logarithmic
    ? Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index))
    : Array.from({ length: 6 }, (_, index) => (high * index) / 5);
  const place = (value: number) => Number((from + ((turn(value) - low) / (high - low)) * (to - from)).toFixed(1));
  return { ticks, place };
}

function spoken(value: number): string {
  return value >= 1_000_000 ? `${value / 1_000_000} M` : value.toLocaleString("en", { maximumFractionDigits: 0 });
}
