import { readFile } from "node:fs/promises";
import type { RunSettings, TransformFile } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { doubtRegion } from "./region-name.ts";
import type { ReplicationRequest } from "./replication/open-replicator.ts";
import { renameByRules } from "./settings/rename-rule.ts";
import { readTransform } from "./transforms/read-transform.ts";
import { chain, type Transform } from "./transforms/transform.ts";
import type { Variables } from "./transforms/variables.ts";
import { UsageExit } from "./usage-exit.ts";

/**
 * What the command line asks to replicate, its files read and its rules checked, before anything is opened.
 *
 * @throws UsageExit, with exit code 64, naming the option that is wrong.
 */
export async function readRequest(settings: RunSettings): Promise<Omit<ReplicationRequest, "signal">> {
  const { from, to, toRoleArn, externalId, filter, kmsKeyId, concurrency, metrics } = settings;
  for (const [option, region] of [
    ["--from", from],
    ["--to", to],
  ] as const) {
    const doubt = doubtRegion(region);
    if (doubt?.verdict === "wrong") throw wrong(`${option}: ${doubt.says}`);
  }
  if (from === to && toRoleArn === undefined && settings.rename.length === 0) {
    throw wrong("--to is the same region as --from: give --to-role-arn or --rename, or another region");
  }
  if (toRoleArn !== undefined && !/^arn:[\w-]+:iam::\d{12}:role\/.+/.test(toRoleArn)) {
    throw wrong(`--to-role-arn is not a role's ARN (arn:aws:iam::ACCOUNT:role/NAME): ${toRoleArn}`);
  }
  if (filter.includes("")) throw wrong("--filter is empty: it would match no name");
  if (kmsKeyId === "") throw wrong("--kms-key-id is empty: leave it out for the key that is there, or AWS's own");
  if (metrics !== undefined && !/^(?!AWS\/)[\w.\-/#:]{1,200}$/.test(metrics)) {
    throw wrong(
      `--metrics is no namespace, 1 to 200 letters, digits or .-_/#: that do not begin with AWS/: "${metrics}"`,
    );
  }
  if (externalId !== undefined && toRoleArn === undefined) throw wrong("--external-id needs --to-role-arn");
  const variables = readVariables(settings.variable);
  const transforms = await Promise.all(settings.transform.map(readTransformFile));
  return {
    from,
    to,
    toRoleArn,
    externalId,
    filter,
    kmsKeyId,
    concurrency,
    variables,
    transform: chain(transforms),
    rename: readRename(settings.rename),
  };
}

async function readTransformFile({ option, path }: TransformFile): Promise<Transform> {
  try {
    return readTransform(await readFile(path, "utf8"), option === "--sed" ? "sed" : "auto");
  } catch (error) {
    throw wrong(`${option} ${path}: ${(error as Error).message}`, error);
  }
}

function readVariables(given: readonly string[]): Variables {
  return Object.fromEntries(
    given.map((one) => {
      const [, name, value] = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(one) ?? [];
      if (name === undefined || value === undefined)
        throw wrong(`expected --variable to be NAME=VALUE, got "${one.replace(/=.*/s, "=…")}"`);
      return [name, value];
    }),
  );
}

function readRename(rules: readonly string[]): ReplicationRequest["rename"] {
  try {
    return renameByRules(rules);
  } catch (error) {
    throw wrong((error as Error).message, error);
  }
}

function wrong(what: string, cause?: unknown): UsageExit {
  return new UsageExit(`error: ${what}\n`, exitCodes.usage, cause === undefined ? {} : { cause });
}
