import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import type { CliIo } from "./cli-io.ts";

/** This process as a {@link CliIo}; `signal` ends what runs. */
export function processIo(signal?: AbortSignal): CliIo {
  const { stdin, stdout, stderr, env } = process;
  const isTerminal = stdin.isTTY === true && stderr.isTTY === true;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    readStdin: () => text(stdin),
    ask: isTerminal ? (question) => askAtTerminal(question, signal) : undefined,
    colours: stdout.isTTY === true && env.TERM !== "dumb",
    env,
    cwd: process.cwd(),
    now: Date.now,
    versions: { node: process.versions.node, sqlite: process.versions.sqlite },
    signal,
  };
}

async function askAtTerminal(question: string, signal: AbortSignal | undefined): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await (signal === undefined ? terminal.question(question) : terminal.question(question, { signal }));
  } finally {
    terminal.close();
  }
}
