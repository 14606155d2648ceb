import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const index = new URL("./index.ts", import.meta.url).href;

/** Runs a program in which no package of the AWS SDK can be found, or none of those that `hidden` fits. */
function withoutSdk(program: string, hidden = "^@(aws-sdk|smithy)/"): Promise<{ stdout: string }> {
  const hooks = `
    import { registerHooks } from "node:module";
    registerHooks({ resolve(specifier, context, next) {
      if (new RegExp("${hidden}").test(specifier)) throw Object.assign(new Error("Cannot find package " + specifier), { code: "ERR_MODULE_NOT_FOUND" });
      return next(specifier, context);
    } });`;
  const source = `${hooks}\nconst { createClientFactory, policyPlugin } = await import("${index}");\n${program}`;
  return run(process.execPath, ["--conditions=@holdfast/source", "--no-warnings", "--input-type=module", "-e", source]);
}

test("the package works without any package of the SDK, until one is needed, and then names it", async () => {
  const { stdout } = await withoutSdk(`
    const factory = createClientFactory({ region: "us-east-1" });
    factory.assumeRole({ roleArn: "arn:aws:iam::444455556666:role/Deploy" });
    policyPlugin({ execute: async (fn) => fn({}) });
    const error = await factory.validateCredentials().catch((error) => error);
    console.log(error.code, error.packageName, error.message);
    await factory.close();
  `);
  expect(stdout).toContain("ERR_MISSING_PEER @aws-sdk/client-sts");
  expect(stdout).toContain("npm install @aws-sdk/client-sts");
});

test("credentials that need a package which is missing tell the command that installs it, by message and as steps", async () => {
  const program = `
    const { describeError, remediationFor } = await import("@holdfast/errors");
    delete process.env.AWS_PROFILE;
    const factory = createClientFactory({ region: "us-east-1", localOnly: true });
    const error = await factory.validateCredentials().catch((error) => error);
    console.log(JSON.stringify({
      code: error.code, message: error.message, cause: error.cause?.code,
      command: remediationFor(error).steps[0]?.command, described: describeError(error),
    }));
    await factory.close();`;
  const { stdout } = await withoutSdk(program, "^@aws-sdk/credential-providers");
  const command = "npm install @aws-sdk/credential-providers";
  expect(JSON.parse(stdout)).toEqual({
    code: "ERR_CREDENTIALS",
    message: `No credentials (MissingPeerError); Install it: ${command}`,
    cause: "ERR_MISSING_PEER",
    command,
    described: expect.stringContaining(`1. Install it\n     $ ${command}`),
  });
});

test("the types a user sees name no package of the SDK", () => {
  const seen = new Map<string, string>();
  const visit = (file: URL) => {
    if (seen.has(file.href)) return;
    const source = readFileSync(file, "utf8");
    seen.set(file.href, source);
    for (const [, from = ""] of source.matchAll(/^(?:import|export) [^;]*?from "(\.[^"]+)"/gm))
      visit(new URL(from, file));
  };
  for (const file of ["./client-factory.ts", "./factory-options.ts"]) visit(new URL(file, import.meta.url));
  expect(seen.size).toBeGreaterThan(5);
  const naming = [...seen].filter(([, source]) => /from "@(aws-sdk|smithy)\//.test(source));
  expect(naming.map(([file]) => file)).toEqual([]);
});
