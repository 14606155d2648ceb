import { isBuiltin } from "node:module";
import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import type { CliIo } from "./cli-io.ts";

/** This process as a {@link CliIo}. */
export function processIo(): CliIo {
  const { stdin, stdout, stderr, env } = process;
  const isTerminal = stdin.isTTY === true && stderr.isTTY === true;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    readStdin: () => text(stdin),
    ask: isTerminal ? askAtTerminal : undefined,
    colours: stdout.isTTY === true && env.TERM !== "dumb",
    env,
    cwd: process.cwd(),
    now: Date.now,
    versions: { node: process.versions.node, sqlite: isBuiltin("node:sqlite") ? process.versions.sqlite : undefined },
    interrupted,
  };
}

async function askAtTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

function interrupted(): AbortSignal {
  const interruption = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => interruption.abort(new Error(`Interrupted by ${name}: what is not done stays open`)));
  }
  return interruption.signal;
}
