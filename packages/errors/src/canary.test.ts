import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { startLocalAws } from "@holdfast/local-aws";
import { expect, test } from "vitest";
import {
  createErrorReporter,
  describeError,
  errorToJson,
  HoldfastError,
  notificationSink,
  redact,
  remediationFor,
  summarize,
} from "./index.ts";
import { fileSink } from "./report/file-sink/index.ts";

// A secret goes into a call that fails, and the service repeats it in its answer. It must leave through nothing.
const canary = "c4n4ry-hunter2-value";

test("a secret that a failed call carried leaves through no sink", async () => {
  await using aws = await startLocalAws();
  const folder = await mkdtemp(join(tmpdir(), "holdfast-canary-"));
  const client = new SecretsManagerClient({ ...aws.clientConfig(), maxAttempts: 1 });
  await client.send(new CreateSecretCommand({ Name: "prod/db", SecretString: "before" }));
  aws.faults.add({
    fault: "error",
    status: 400,
    code: "InvalidParameterException",
    message: `SecretString: ${canary} is not valid`,
  });
  const command = new PutSecretValueCommand({
    SecretId: "prod/db",
    SecretString: JSON.stringify({ password: canary }),
  });

  const error = await client.send(command).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(String(error)).toContain(canary); // as the service said it

  const seen: unknown[] = [];
  const path = join(folder, "errors.jsonl");
  const reporter = createErrorReporter({
    sinks: [
      fileSink({ path }),
      notificationSink({ notify: (notification) => void seen.push(notification), minSeverity: "low" }),
    ],
  });
  const wrapped = new HoldfastError(
    "The replication failed",
    { code: "E", kind: "state", context: { input: command.input } },
    { cause: error },
  );
  for (const each of [error, wrapped]) {
    reporter.record(each, { operation: "PutSecretValue", input: command.input });
    seen.push(
      describeError(each, { debug: true }),
      remediationFor(each),
      errorToJson(each),
      redact(each),
      redact({ each, command }),
    );
  }
  await reporter.close();
  seen.push(
    reporter.history(),
    reporter.groups(),
    reporter.report(),
    reporter.summary(),
    reporter.exportJson(),
    summarize(reporter.history()),
    await readFile(path, "utf8"),
  );
  for (const output of seen) expect(JSON.stringify(output)).not.toContain("hunter2");
  expect(JSON.stringify(seen)).toContain("prod/db"); // and yet they say which secret it was
  await rm(folder, { recursive: true });
});
