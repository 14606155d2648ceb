import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { atMost, report } from "../report.ts";

// What a user of the journal installs.

const folder = join(import.meta.dirname, "..", "..", "packages", "rollback");
const { dependencies, scripts } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
};
const foreign = Object.keys(dependencies).filter((name) => !name.startsWith("@holdfast/"));
const installScripts = ["preinstall", "install", "postinstall"].filter((name) => name in scripts);
const goals = [
  atMost("dependencies beyond @holdfast/errors", foreign.length, 0),
  atMost(
    "install scripts and native builds",
    installScripts.length + Number(existsSync(join(folder, "binding.gyp"))),
    0,
  ),
];

if (existsSync(join(folder, "dist", "index.js"))) {
  const { stdout, stderr, status } = spawnSync("npm", ["pack", "--dry-run", "--json"], {
    cwd: folder,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  const packed: unknown = JSON.parse(stdout);
  const [{ size }] = Object.values(packed as object) as [{ readonly size: number }];
  goals.push(atMost("packed", size / 1_000, 200, " KB"));
} else console.log("packed size not measured: `npm run build` first");
report("rollback-install", { dependencies }, goals);
