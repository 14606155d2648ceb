/** Where the demo shows what happens: a live line on a terminal, plain lines elsewhere, JSON lines for machines. */
export interface Screen {
  /** A heading. */
  title(text: string): void;
  /** Something that happened; stays. */
  line(text: string, mood?: Mood): void;
  /** How far the work is: on a terminal it replaces the one before it, elsewhere only every tenth is shown. */
  progress(done: number, total: number, text: string): void;
  /** A table, its first row the heads. Numbers go to the right. */
  table(name: string, rows: readonly (readonly (string | number)[])[]): void;
  /** A fact for machines; people see it in another form. */
  fact(type: string, fields: Readonly<Record<string, unknown>>): void;
  /** Clears the live line, so that what is printed next starts on a clean one. */
  done(): void;
}

export type Mood = "good" | "bad" | "warn" | "dim";

export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

export interface ScreenOptions {
  readonly output: Output;
  /** JSON lines instead of text. */
  readonly json: boolean;
  /** As in https://no-color.org: any non-empty `NO_COLOR` turns colour off. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function openScreen({ output, json, env }: ScreenOptions): Screen {
  if (json) return jsonScreen(output);
  const terminal = output.isTTY === true && env.TERM !== "dumb";
  const colour = terminal && (env.NO_COLOR ?? "") === "";
  return textScreen(output, terminal, colour);
}

function jsonScreen(output: Output): Screen {
  const print = (type: string, fields: Readonly<Record<string, unknown>>) => {
    output.write(`${JSON.stringify({ type, ...fields })}\n`);
  };
  return {
    title: (text) => print("title", { text }),
    line: (text, mood) => print("line", { text, mood }),
    progress: () => {},
    table: (name, rows) => print("table", { name, rows }),
    fact: print,
    done: () => {},
  };
}

const paints: Readonly<Record<Mood | "bold", string>> = { good: "32", bad: "31", warn: "33", dim: "2", bold: "1" };

function textScreen(output: Output, terminal: boolean, colour: boolean): Screen {
  const paint = (text: string, mood: Mood | "bold" | undefined) =>
    colour && mood !== undefined ? `\u001b[${paints[mood]}m${text}\u001b[0m` : text;
  let live = false;
  let shownTenth = 0;
  const clear = () => {
    if (live) output.write("\r\u001b[K");
    live = false;
  };
  const print = (text: string) => {
    clear();
    output.write(`${text}\n`);
  };
  return {
    title: (text) => {
      shownTenth = 0;
      print(`\n${paint(text, "bold")}`);
    },
    line: (text, mood) => print(`  ${paint(text, mood)}`),
    progress(done, total, text) {
      if (terminal) {
        const cells = Math.round((24 * done) / Math.max(1, total));
        const bar = `${"█".repeat(cells)}${"░".repeat(24 - cells)}`;
        clear();
        output.write(`  ${bar} ${done}/${total} ${text}`.slice(0, (output.columns ?? 80) - 1));
        live = true;
        return;
      }
      const tenth = Math.floor((10 * done) / Math.max(1, total));
      if (tenth > shownTenth) print(`  ${done}/${total} ${text}`);
      shownTenth = tenth;
    },
    table: (_, rows) => {
      for (const [index, row] of alignColumns(rows).entries())
        print(`  ${paint(row, index === 0 ? "bold" : undefined)}`);
    },
    fact: () => {},
    done: clear,
  };
}

function alignColumns(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column] ?? "").length)));
  const right = widths.map((_, column) => rows.slice(1).every((row) => typeof row[column] === "number"));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        right[column] ? String(cell).padStart(widths[column]!) : String(cell).padEnd(widths[column]!),
      )
      .join("  ")
      .trimEnd(),
  );
}
