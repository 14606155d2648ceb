import { readFile } from "node:fs/promises";
import type { RunSettings } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { doubtRegion } from "./region-name.ts";
import type { ReplicationRequest } from "./replication/open-replicator.ts";
import { renameByRules } from "./replication/rename-rule.ts";
import { parseSedScript } from "./replication/sed-script.ts";
import { chain, type Transform } from "./replication/transform.ts";
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
  const transforms = await Promise.all(settings.sed.map(readScript));
  return {
    from,
    to,
    toRoleArn,
    externalId,
    filter,
    kmsKeyId,
    concurrency,
    transform: transforms.length === 0 ? undefined : chain(transforms),
    rename: readRename(settings.rename),
  };
}

async function readScript(path: string): Promise<Transform> {
  try {
    return parseSedScript(await readFile(path, "utf8"));
  } catch (error) {
    throw wrong(`--sed ${path}: ${(error as Error).message}`, error);
  }
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
