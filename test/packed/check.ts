/**
 * What a user gets: packs every package, checks the tarballs with publint and attw, installs them into an empty
 * project, imports each entry, requires each entry, and type-checks programs against the shipped declarations, as strictly
 * as a user may: under Node's resolution and a bundler's, from ESM and CommonJS, with the optional peers and without.
 *
 * Run by `npm run check:packed`, after `npm run build`. Prints a line per check and a closing count.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(root, "node_modules/.bin");
const folder = mkdtempSync(join(tmpdir(), "holdfast-packed-"));
const manifests = readdirSync(join(root, "packages")).map((name) => ({
  folder: join(root, "packages", name),
  manifest: JSON.parse(readFileSync(join(root, "packages", name, "package.json"), "utf8")) as Manifest,
}));
let passed = 0;
const failures: string[] = [];

function check(name: string, command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", timeout: 300_000 });
  if (status === 0) {
    passed += 1;
    console.log(`ok      ${name}`);
    return;
  }
  failures.push(name);
  console.log(`FAILED  ${name}\n${stdout}\n${stderr}`);
}

/** Type-checks a program that imports the entries, the declarations themselves included. */
function checkTypes(
  name: string,
  project: string,
  file: string,
  entries: readonly string[],
  resolution: Readonly<Record<string, string>>,
): void {
  writeFileSync(
    join(project, file),
    entries.map((entry, index) => `import * as entry${index} from "${entry}";\nvoid entry${index};`).join("\n"),
  );
  const compilerOptions = {
    ...resolution,
    target: "es2022",
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
  check(`types of ${name}`, join(bin, "tsc"), ["-p", project], project);
}

try {
  const tarballs = manifests.map(({ folder: source }) => {
    const [packed] = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--pack-destination", folder], { cwd: source, encoding: "utf8" }),
    ) as [{ filename: string }];
    return join(folder, packed.filename);
  });

  manifests.forEach(({ manifest, folder: source }, index) => {
    const tarball = tarballs[index]!;
    check(`publint ${manifest.name}`, join(bin, "publint"), ["run", source, "--strict"], root);
    check(`attw ${manifest.name}`, join(bin, "attw"), ["--profile", "esm-only", "--no-emoji", tarball], root);
  });

  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
  const peers = new Set(manifests.flatMap(({ manifest }) => Object.keys(manifest.peerDependencies ?? {})));
  check("npm install of the tarballs alone", "npm", ["install", "--no-audit", "--no-fund", ...tarballs], project);

  check(
    "npm install of the node types",
    "npm",
    ["install", "--no-audit", "--no-fund", "-D", "@types/node@24"],
    project,
  );
  const main = manifests.map(({ manifest }) => manifest.name);
  checkTypes("the main entries, no peers", project, "program.ts", main, { module: "nodenext" });

  // The main entries import with no peer installed; sub-paths that need one import once it is there.
  const entriesOf = ({ name, exports }: Manifest) =>
    Object.keys(exports)
      .filter((path) => path !== "./package.json")
      .map((path) => name + path.slice(1));
  for (const { manifest } of manifests) {
    check(`import ${manifest.name}, no peers`, process.execPath, ["-e", `import("${manifest.name}")`], project);
  }
  check("npm install of the peers", "npm", ["install", "--no-audit", "--no-fund", ...peers], project);
  for (const entry of manifests.flatMap(({ manifest }) => entriesOf(manifest))) {
    check(`import ${entry}`, process.execPath, ["--input-type=module", "-e", `import "${entry}"`], project);
    check(`require ${entry}`, process.execPath, ["--input-type=commonjs", "-e", `require("${entry}")`], project);
  }
  for (const { manifest } of manifests) {
    for (const command of Object.keys(manifest.bin ?? {})) {
      check(`${command} --help`, join(project, "node_modules/.bin", command), ["--help"], project);
    }
  }

  const entries = manifests.flatMap(({ manifest }) => entriesOf(manifest));
  checkTypes("every entry, ESM", project, "program.ts", entries, { module: "nodenext" });
  checkTypes("every entry, CommonJS", project, "program.cts", entries, { module: "nodenext" });
  const bundled = { module: "esnext", moduleResolution: "bundler" };
  checkTypes("every entry, for a bundler", project, "program.ts", entries, bundled);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log(`\npacked: ${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
