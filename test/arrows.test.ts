import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/** Which packages each package may import. A new arrow is a cost at every release: adding one here is a decision. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  retry: ["errors"],
  "circuit-breaker": ["errors"],
  limiter: ["errors"],
  "client-factory": ["errors"],
  rollback: ["errors"],
  metrics: [],
  "local-aws": [],
  cli: ["errors", "rollback"],
};

/** Runtime dependencies from outside the house; each has its reason in docs/decisions. */
const dependencies: Readonly<Record<string, readonly string[]>> = {
  "circuit-breaker": ["cockatiel"],
  cli: ["commander"],
};

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const manifestOf = (name: string) =>
  JSON.parse(readFileSync(`${root}/packages/${name}/package.json`, "utf8")) as Manifest;
const sourcesOf = (name: string) =>
  globSync(`${root}/packages/${name}/src/**/*.ts`).filter((file) => !/\.(test|fixture)\.ts$/.test(file));
const importsOf = (file: string) =>
  [...readFileSync(file, "utf8").matchAll(/(?:\bfrom\s|\bimport\s|\bimport\()\s*"(@?[^"./][^"]*)"/g)]
    .map((match) => match[1]!)
    .map((specifier) =>
      specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/"),
    );

test("every package of the house is listed", () => {
  const found = globSync(`${root}/packages/*/package.json`).map((file) => basename(file.replace("/package.json", "")));
  expect(found.toSorted()).toEqual(Object.keys(arrows).toSorted());
});

describe.each(Object.entries(arrows))("%s", (name, siblings) => {
  test("depends on no more than it may", () => {
    const allowed = new Set([...siblings.map((sibling) => `@holdfast/${sibling}`), ...(dependencies[name] ?? [])]);
    const declared = Object.keys(manifestOf(name).dependencies ?? {});
    expect(declared.filter((dependency) => !allowed.has(dependency))).toEqual([]);
  });

  test("imports only what it declares", () => {
    const { dependencies: hard = {}, peerDependencies: peers = {} } = manifestOf(name);
    const declared = new Set([...Object.keys(hard), ...Object.keys(peers)]);
    const undeclared = sourcesOf(name).flatMap((file) =>
      importsOf(file)
        .filter((module) => !module.startsWith("node:") && !declared.has(module))
        .map((module) => `${file.slice(root.length)} imports ${module}`),
    );
    expect(undeclared).toEqual([]);
  });

  test("every peer is optional", () => {
    const { peerDependencies = {}, peerDependenciesMeta = {} } = manifestOf(name);
    expect(Object.keys(peerDependencies).filter((peer) => peerDependenciesMeta[peer]?.optional !== true)).toEqual([]);
  });
});

test("no room is called by what it is not", () => {
  const rooms = globSync(
    `${root}/{packages,apps,test,bench}/**/{utils,util,helpers,helper,common,core,shared,lib,manager}{,.ts}`,
    {
      exclude: (path) => path.includes("node_modules") || path.includes("/dist/"),
    },
  );
  expect(rooms).toEqual([]);
});
