import type { CliIo } from "../cli-io.ts";

type Style = "green" | "yellow" | "red";
const ansi: Readonly<Record<Style, number>> = { green: 32, yellow: 33, red: 31 };

/** How a command answers: JSON for programs, or text for people; never both. */
export class Output {
  readonly json: boolean;
  readonly colour: boolean;
  readonly #io: CliIo;

  constructor(io: CliIo, json: boolean) {
    this.#io = io;
    this.json = json;
    this.colour = io.colours && !json && (io.env.NO_COLOR ?? "") === "";
  }

  /** The answer, once. `data` is what `--json` prints. */
  answer(data: unknown, text: string): void {
    this.#io.out(`${this.json ? JSON.stringify(data, undefined, 2) : text}\n`);
  }

  /** Something to know that is not the answer. */
  note(text: string): void {
    this.#io.err(`${text}\n`);
  }

  paint(style: Style, text: string): string {
    return this.colour ? `\u001b[${ansi[style]}m${text}\u001b[0m` : text;
  }
}
