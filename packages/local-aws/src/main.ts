#!/usr/bin/env node
import { readCommandLine, usage } from "./command-line.ts";
import { startLocalAws } from "./start-local-aws.ts";

const exitUsage = 64; // EX_USAGE of sysexits.h

try {
  const { help, options, place } = readCommandLine(process.argv.slice(2));
  if (help) process.stdout.write(usage);
  else {
    const local = await startLocalAws(options);
    const variables = Object.entries(local.environment(place)).map(([name, value]) => `export ${name}=${value}\n`);
    process.stdout.write(`# local-aws listens at ${local.endpoint}\n${variables.join("")}${local.certificate ?? ""}`);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void local.close());
  }
} catch (error) {
  process.stderr.write(`local-aws: ${error instanceof Error ? error.message : String(error)}\nTry local-aws --help\n`);
  process.exitCode = exitUsage;
}
