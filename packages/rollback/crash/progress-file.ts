import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { ItemOutcome, Piece } from "./crash-item.ts";

interface Line {
  readonly item: string;
  readonly piece: Piece;
  readonly outcome: ItemOutcome;
}

/** What of a run is finished: a line of JSON per piece, so that a run that was stopped goes on where it was. */
export class ProgressFile {
  readonly #path: string | undefined;
  readonly #lines: Line[] = [];

  /** `undefined`: nothing is kept. */
  constructor(path: string | undefined) {
    this.#path = path;
    if (path === undefined || !existsSync(path)) return;
    for (const line of readFileSync(path, "utf8").split("\n").filter(Boolean)) {
      this.#lines.push(JSON.parse(line) as Line);
    }
  }

  /** The seed that the run began with. */
  get seed(): number | undefined {
    return this.#lines[0]?.piece.seed;
  }

  outcomeOf(item: string, piece: Piece): ItemOutcome | undefined {
    const key = JSON.stringify(piece);
    return this.#lines.find((line) => line.item === item && JSON.stringify(line.piece) === key)?.outcome;
  }

  add(line: Line): void {
    this.#lines.push(line);
    if (this.#path !== undefined) appendFileSync(this.#path, `${JSON.stringify(line)}\n`);
  }
}
