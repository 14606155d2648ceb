import { errorName } from "../error-name.ts";
import { assertInteger, assertKnownOptions, assertOption, assertText } from "../options.ts";
import { type HealthPart, type PartHealth, partHealth } from "./part-health.ts";

export interface HealthHandlerOptions {
  /** What readiness depends on, by name: circuit breakers, limiters, journals, metrics, or functions that say. Default none. */
  readonly parts?: Readonly<Record<string, HealthPart>> | undefined;
  /** A limiter whose calls wait longer is not ready, in milliseconds. Default 10,000. */
  readonly longestWaitMs?: number | undefined;
  /** How long one part may take to answer, in milliseconds; then it is not ready. Default 2,000. */
  readonly partTimeoutMs?: number | undefined;
  /** Default `/livez`. */
  readonly livePath?: string | undefined;
  /** Default `/readyz`. */
  readonly readyPath?: string | undefined;
}

/** What the readiness path answers. */
export interface HealthReport {
  readonly status: "ready" | "not-ready";
  readonly parts: Readonly<Record<string, PartHealth>>;
}

interface NodeRequest {
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

interface NodeResponse {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  end(body: string): unknown;
}

/** Answers for `node:http`; its `fetch` answers for servers of that shape, and `report` for anything else. */
export interface HealthHandler {
  (request: NodeRequest, response: NodeResponse): Promise<void>;
  fetch(request: Request): Promise<Response>;
  report(): Promise<HealthReport>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/**
 * Answers whether the process lives (`/livez`: it always says so, if it can) and whether it should be given work (`/readyz`: 200, or 503 and which part
 * is not ready). JSON, or text if the request asks for `text/plain`.
 *
 * @throws OptionError if an option is wrong.
 */
export function healthHandler(options: HealthHandlerOptions = {}): HealthHandler {
  assertKnownOptions("healthHandler()", options, optionNames);
  const {
    parts = {},
    longestWaitMs = 10_000,
    partTimeoutMs = 2_000,
    livePath = "/livez",
    readyPath = "/readyz",
  } = options;
  for (const [name, part] of Object.entries(parts)) {
    const right = typeof part === "function" || (typeof part === "object" && part !== null);
    assertOption(right, `parts.${name}`, "a policy, a journal, metrics or a function", part);
  }
  assertInteger("longestWaitMs", longestWaitMs, 0);
  assertInteger("partTimeoutMs", partTimeoutMs, 1);
  assertText("livePath", livePath, /^\//, "a path that begins with /");
  assertText("readyPath", readyPath, /^\//, "a path that begins with /");

  async function report(): Promise<HealthReport> {
    const asked = Object.entries(parts).map(
      async ([name, part]) => [name, await ask(part, longestWaitMs, partTimeoutMs)] as const,
    );
    const answers = await Promise.all(asked);
    const ready = answers.every(([, health]) => health.ready);
    return { status: ready ? "ready" : "not-ready", parts: Object.fromEntries(answers) };
  }

  async function answer(path: string, accept: string): Promise<Answer> {
    const asText = accept.includes("text/plain") && !accept.includes("application/json");
    const say = (status: number, value: object, text: string): Answer =>
      asText
        ? { status, type: "text/plain; charset=utf-8", body: text }
        : { status, type: "application/json; charset=utf-8", body: `${JSON.stringify(value)}\n` };
    if (path === livePath) return say(200, { status: "live" }, "live\n");
    if (path !== readyPath)
      return say(404, { status: "not-found" }, `not found: ask for ${livePath} or ${readyPath}\n`);
    const health = await report();
    return say(health.status === "ready" ? 200 : 503, health, asLines(health));
  }

  const handle = async ({ url = "/", headers }: NodeRequest, response: NodeResponse): Promise<void> => {
    const { status, type, body } = await answer(url.split("?", 1)[0]!, String(headers.accept ?? ""));
    response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
    response.end(body);
  };
  return Object.assign(handle, {
    report,
    async fetch(request: Request): Promise<Response> {
      const { status, type, body } = await answer(new URL(request.url).pathname, request.headers.get("accept") ?? "");
      return new Response(body, { status, headers: { "content-type": type, "cache-control": "no-store" } });
    },
  });
}

const optionNames = { parts: 0, longestWaitMs: 0, partTimeoutMs: 0, livePath: 0, readyPath: 0 };

/** What a part says, or that it failed or did not answer; never its error's message. */
async function ask(part: HealthPart, longestWaitMs: number, timeoutMs: number): Promise<PartHealth> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<PartHealth>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, { ready: false, facts: { error: "no answer" } });
  });
  try {
    return await Promise.race([partHealth(part, longestWaitMs), tooLate]);
  } catch (error) {
    return { ready: false, facts: { error: errorName(error) } };
  } finally {
    clearTimeout(timer);
  }
}

function asLines({ status, parts }: HealthReport): string {
  const lines = Object.entries(parts).map(([name, { ready, facts = {} }]) => {
    const told = Object.entries(facts).map(([fact, value]) => ` ${fact}=${value}`);
    return `${name}: ${ready ? "ready" : "not ready"}${told.join("")}`;
  });
  return `${[status, ...lines].join("\n")}\n`;
}
