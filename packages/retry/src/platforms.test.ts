import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL(".", import.meta.url));

test("works under frozen intrinsics: failures, time-outs, aborts, nested retries, refusals and the SDK's strategy", async () => {
  const from = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const program = `
    import { fallback, hedge, retry, retryable, retryBudget, timeout, TimeoutError } from ${from("index.ts")};
    import { aws2026, pinToken, sdkRetryStrategy } from ${from("sdk.ts")};
    import { attemptsOf, compose } from "@holdfast/errors";
    import { handleAll, retry as theirs, wrap } from "cockatiel";
    const caught = async (run) => { try { return await run(); } catch (error) { return error; } };
    const refused = () => Promise.reject(Object.assign(new Error("down"), { code: "ECONNREFUSED", $metadata: {} }));
    const hung = () => new Promise(() => {});
    const quiet = { backoff: 0, logger: { ...console, warn() {} } };
    const nested = await caught(() => retry({ ...quiet, maxElapsedMs: 1000 }).execute(() => retry(quiet).execute(refused)));
    const late = await caught(() => compose(retry(quiet), timeout({ timeoutMs: 5 })).execute(({ signal }) => signal && hung()));
    const between = await caught(() => wrap(theirs(handleAll, { maxAttempts: 1 }), timeout({ timeoutMs: 5 })).execute(hung));
    const aborted = await caught(() => retry().execute(() => 1, AbortSignal.abort("stop")));
    const past = await caught(() => retry({ deadline: 0 }).execute(hung));
    const hedged = await hedge({ delayMs: 1 }).execute(({ attempt }) => (attempt === 1 ? hung() : "hedged"));
    const instead = await fallback({ to: ({ code }) => code }).execute(refused);
    const broke = await caught(() => retry({ ...quiet, budget: retryBudget({ style: "ratio", ratio: 0, minConcurrent: 0 }) }).execute(refused));
    const wrong = [() => retry({ maxAttempts: 0 }), () => retryable()({}, "read", {})].map((make) => { try { make(); } catch ({ name }) { return name; } });
    const strategy = sdkRetryStrategy(aws2026());
    const token = await strategy.refreshRetryTokenForRetry(await strategy.acquireInitialRetryToken(), { error: await caught(refused) });
    console.log(attemptsOf(nested).attempts.length, [late, between, past].every((error) => error instanceof TimeoutError), aborted, hedged, instead);
    console.log(attemptsOf(broke).stopReason, wrong.join(), token.getRetryCount(), Object.keys(pinToken({ input: {} }).input).join());
  `;
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--frozen-intrinsics",
    "--conditions=@holdfast/source",
    "--disable-warning=ExperimentalWarning",
    "--input-type=module",
    "--eval",
    program,
  ]);
  expect(stdout.split("\n")).toEqual([
    "3 true stop hedged ECONNREFUSED",
    "budget OptionError,OptionError 1 ClientRequestToken",
    "",
  ]);
});

test("imports nothing of Node's, so that it loads on Workers, Deno and Bun", async () => {
  const { metafile } = await build({
    entryPoints: [`${folder}index.ts`],
    conditions: ["@holdfast/source"],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    metafile: true,
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  expect(imports).toEqual([]);
});
