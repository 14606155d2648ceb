import type { Piece } from "./crash-item.ts";
import { items } from "./items.ts";

// Runs one piece of one item, tells its parent the outcome, and ends.
//   piece-process.ts ITEM PIECE

const item = items.find(({ name }) => name === process.argv[2])!;
const outcome = await item.run(JSON.parse(process.argv[3]!) as Piece);
process.send!(outcome, () => process.disconnect());
