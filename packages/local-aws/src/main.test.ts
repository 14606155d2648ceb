import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { readCommandLine } from "./command-line.ts";
import { startLocalAws } from "./index.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  source: readonly string[],
  onOutput: (text: string, stop: (signal: NodeJS.Signals) => void) => void = () => {},
) {
  const child = spawn(process.execPath, source, { stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += String(chunk);
    onOutput(stdout, (signal) => child.kill(signal));
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += String(chunk);
  });
  return once(child, "close").then(([code]): Ended => ({ code: code as number | null, stdout, stderr }));
}

test.skipIf(process.platform === "win32").each(["SIGINT", "SIGTERM"] as const)(
  "prints an environment that works, and ends cleanly on %s",
  async (signal) => {
    let account: string | undefined;
    const ended = await run([main, "--port", "0", "--account", "444455556666"], async (output, stop) => {
      if (account !== undefined || !output.includes("METADATA")) return;
      account = "";
      const variables = Object.fromEntries(
        [...output.matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
      );
      const client = new STSClient({
        endpoint: variables.AWS_ENDPOINT_URL,
        region: variables.AWS_REGION,
        credentials: { accessKeyId: variables.AWS_ACCESS_KEY_ID, secretAccessKey: variables.AWS_SECRET_ACCESS_KEY },
      });
      account = (await client.send(new GetCallerIdentityCommand({}))).Account;
      stop(signal); // with the client's connection still open
    });
    expect(account).toBe("444455556666");
    expect(ended).toMatchObject({ code: 0, stderr: "" });
  },
);

test("says what is wrong and exits with 64", async () => {
  const ended = await run([main, "--port", "0", "--fault", '{"fault":"explode"}']);
  expect(ended.code).toBe(64);
  expect(ended.stderr).toMatch(/^local-aws: Expected `fault` to be one of .*\nTry local-aws --help\n$/);
});

test.each([
  [["--nonsense"], "nonsense"],
  [["--port", "x"], "`port`"],
  [["--fault", "{"], "--fault to be JSON"],
  [
    ["--fault", '{"fault":"throttle","operatoin":"x"}'],
    "`operatoin` to be left out: the options of a throttle rule are fault, service, operation",
  ],
  [["--account", "12"], "`account`"],
])("refuses %j", async (args, text) => {
  const started = async () => startLocalAws(readCommandLine(args).options);
  await expect(started()).rejects.toThrow(text);
});

test("reads what it explains", () => {
  const args = [
    "--port",
    "1",
    "--seed",
    "2",
    "--region",
    "eu-west-1",
    "--no-quotas",
    "--tls",
    "--fault",
    '{"fault":"reset"}',
  ];
  expect(readCommandLine(args)).toEqual({
    help: false,
    place: { account: "111122223333", region: "eu-west-1" },
    options: { port: 1, host: "127.0.0.1", seed: 2, tls: true, quotas: false, roles: [], faults: [{ fault: "reset" }] },
  });
});

test("explains itself", async () => {
  const ended = await run([main, "--help"]);
  expect(ended).toMatchObject({ code: 0, stderr: "" });
  for (const option of ["--port", "--role", "--fault", "--no-quotas"]) expect(ended.stdout).toContain(option);
});

test("nothing keeps a process alive after close, not even a call that hangs or one that waits", async () => {
  const program = `
    import { request } from "node:http";
    import { startLocalAws } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
    const faults = [{ fault: "latency", latencyMs: 3_600_000, times: 1 }, { fault: "hang" }];
    const local = await startLocalAws({ faults });
    for (let call = 0; call < 2; call++) request(local.endpoint, { method: "POST" }).on("error", () => {}).end("{}");
    while (local.totalCalls < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    await local.close();
    await local.close();
    console.log("closed");
  `;
  const ended = await run(["--input-type=module", "--eval", program]);
  expect(ended).toMatchObject({ code: 0, stdout: "closed\n" });
});
