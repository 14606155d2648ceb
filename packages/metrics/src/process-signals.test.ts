import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";

const source = new URL("./index.ts", import.meta.url).href;

/** Runs a program with metrics whose sink prints, and tells how it ended and what it printed. */
async function run(
  body: string,
  signal?: NodeJS.Signals,
): Promise<{ code: number | null; signal: string | null; output: string }> {
  const program = `
    import { counter, createMetrics, defineMetrics, queued } from ${JSON.stringify(source)};
    const definitions = defineMetrics({ orders: counter({ description: "Orders." }) });
    let written = () => {};
    const sink = { name: "printer", delivery: queued, async write({ points }) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      process.stdout.write("wrote " + points[0].measurement.sum + "\\n");
      written();
    } };
    const metrics = createMetrics({ definitions, namespace: "Shop", sinks: [sink], flushOnSignals: ["SIGTERM"] });
    metrics.instruments.orders.add(3);
    ${body}
  `;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk;
    if (signal !== undefined && output.includes("up\n") && !child.killed) child.kill(signal);
  });
  const [code, ended] = await once(child, "close"); // not "exit": what it printed may still be in the pipe
  return { code, signal: ended, output };
}

// Not for ever: a process whose test is gone ends by itself.
const stay = "setTimeout(() => {}, 60_000); process.stdout.write('up\\n');";

test("no timer holds the process open", async () => {
  expect(await run("")).toMatchObject({ code: 0, output: "" });
});

// A Windows process is ended by SIGTERM without being told.
test.skipIf(process.platform === "win32")("SIGTERM flushes, and then ends the process as it would have", async () => {
  expect(await run(stay, "SIGTERM")).toEqual({ code: null, signal: "SIGTERM", output: "up\nwrote 3\n" });
});

test.skipIf(process.platform === "win32")("SIGTERM leaves the end to another listener, if there is one", async () => {
  // It leaves long enough after the flush for a process that would end by itself to have done so.
  const body = `process.on("SIGTERM", () => { written = () => setTimeout(() => process.exit(7), 100); }); ${stay}`;
  expect(await run(body, "SIGTERM")).toEqual({ code: 7, signal: null, output: "up\nwrote 3\n" });
});
