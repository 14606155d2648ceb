import { describe, expect, test } from "vitest";
import { parseCommandLine } from "./command-line.ts";
import { UsageExit } from "./usage-exit.ts";

const env = { XDG_STATE_HOME: "/state" };
const parse = (...args: string[]) => parseCommandLine(args, env);

test("no arguments mean the showcase", () => {
  expect(parse()).toEqual({ command: "showcase", json: false });
  expect(parse("--json")).toEqual({ command: "showcase", json: true });
});

test("run takes everything the replicator knows, with its defaults", () => {
  expect(parse("run", "--from", "us-east-1", "--to", "eu-west-1")).toMatchObject({
    command: "run",
    from: "us-east-1",
    to: "eu-west-1",
    filter: [],
    transform: [],
    rename: [],
    concurrency: 16,
    stepDeadlineMs: 60_000,
    journal: "/state/holdfast/replicate.journal",
    json: false,
  });
  expect(
    parse(
      "run",
      "--from",
      "a",
      "--to",
      "b",
      "--filter",
      "app/*",
      "--filter",
      "web/*",
      "--sed",
      "x.sed",
      "--rename",
      "a=b",
      "--concurrency",
      "4",
    ),
  ).toMatchObject({
    filter: ["app/*", "web/*"],
    transform: [{ option: "--sed", path: "x.sed" }],
    rename: ["a=b"],
    concurrency: 4,
  });
});

describe("a line that is wrong ends with 64 and says what is wrong", () => {
  test.each([
    [["run", "--from", "us-east-1"], /--to/],
    [["run", "--from", "a", "--to", "b", "--concurrency", "0"], /whole number from 1/],
    [["fly"], /unknown command 'fly': expected one of help, showcase, run, recover, event, policy, dashboards/],
    [["run", "--from", "a", "--to", "b", "--status-port", "65536"], /port from 1 to 65535/],
    [["recover", "--nonsense"], /--nonsense/],
  ])("%j", (args, message) => {
    const exit = usageExit(args);
    expect(exit.exitCode).toBe(64);
    expect(exit.message).toMatch(message);
  });
});

test("--version prints the version and ends with 0", () => {
  expect(usageExit(["--version"])).toMatchObject({ exitCode: 0, message: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
});

test("help ends with 0", () => {
  const exit = usageExit(["run", "--help"]);
  expect(exit.exitCode).toBe(0);
  expect(exit.message).toContain("--to-role-arn");
});

function usageExit(args: readonly string[]): UsageExit {
  try {
    parseCommandLine(args, env);
  } catch (error) {
    if (error instanceof UsageExit) return error;
    throw error;
  }
  return expect.fail("expected an exit");
}
