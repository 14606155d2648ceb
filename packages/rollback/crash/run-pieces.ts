import { fork } from "node:child_process";
import { once } from "node:events";
import type { CrashItem, ItemOutcome, Piece } from "./crash-item.ts";

/** The pieces that an item's cases are run in. */
export function piecesOf({ pieceCases }: CrashItem, of: number, seed: number): readonly Piece[] {
  const size = pieceCases ?? of;
  return Array.from({ length: Math.ceil(of / size) }, (_, index) => {
    const first = index * size;
    return { first, count: Math.min(size, of - first), of, seed };
  });
}

/** Runs pieces in processes of their own, so many side by side; tells each outcome. Nothing more is begun once `signal` aborts. */
export async function runPieces(
  item: CrashItem,
  pieces: readonly Piece[],
  workers: number,
  signal: AbortSignal,
  tell: (piece: Piece, outcome: ItemOutcome) => void,
): Promise<void> {
  const waiting = [...pieces];
  const work = async () => {
    for (let piece = waiting.shift(); piece !== undefined && !signal.aborted; piece = waiting.shift()) {
      const outcome = await inProcess(item, piece, signal);
      if (outcome !== undefined) tell(piece, outcome);
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

// `undefined`: it was stopped. A process that ends without an outcome is one.
async function inProcess(item: CrashItem, piece: Piece, signal: AbortSignal): Promise<ItemOutcome | undefined> {
  const child = fork(new URL("./piece-process.ts", import.meta.url), [item.name, JSON.stringify(piece)], {
    execArgv: ["--conditions=@holdfast/source", "--disable-warning=ExperimentalWarning"],
  });
  let outcome: ItemOutcome | undefined;
  child.on("message", (message) => {
    outcome = message as ItemOutcome;
  });
  const stop = () => child.kill();
  signal.addEventListener("abort", stop);
  const [code, killedBy] = await once(child, "exit");
  signal.removeEventListener("abort", stop);
  if (outcome !== undefined || signal.aborted) return outcome;
  const ending = `the process of cases ${piece.first} to ${piece.first + piece.count - 1} ended with ${killedBy ?? code}`;
  return { cases: 0, counts: {}, problems: [ending] };
}
