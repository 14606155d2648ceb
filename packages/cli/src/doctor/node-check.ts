import { type Check, type CheckContext, fail, ok, warn } from "./check.ts";
import { isAtLeast } from "./version.ts";

const floor = "22.15.0"; // `engines` of every package
const quietSince = "24.15.0"; // from here on `node:sqlite` prints no ExperimentalWarning

export function nodeCheck({ io }: CheckContext): readonly Check[] {
  const { node } = io.versions;
  if (!isAtLeast(node, floor)) return [fail("node", `Node ${node} is too old`, `Install Node ${quietSince} or later`)];
  if (isAtLeast(node, quietSince)) return [ok("node", `Node ${node}`)];
  return [
    warn(
      "node",
      `Node ${node} prints an ExperimentalWarning for node:sqlite`,
      `Install Node ${quietSince} or later, or start it with --disable-warning=ExperimentalWarning`,
    ),
  ];
}
