import { parseArgs } from "node:util";
import type { Place } from "./local-aws.ts";
import type { LocalAwsOptions } from "./local-aws-options.ts";
import { assertAccount } from "./option-error.ts";

export const usage: string = `local-aws: Secrets Manager, STS, IAM roles and CloudWatch on this machine, with faults by rule

Usage: local-aws [options]

  --port N          port to listen at (4599; 0 for any free one)
  --host ADDRESS    address to listen at (127.0.0.1)
  --account DIGITS  account of the keys printed (111122223333); every account exists
  --region REGION   region printed (us-east-1); every region exists
  --role JSON       a role that exists from the start, such as
                    '{"account":"444455556666","name":"deploy","trusts":["111122223333"],"externalId":"x"}'; may be repeated
  --fault JSON      a fault rule in force, such as '{"fault":"throttle","probability":0.1}'; may be repeated
  --seed N          decides every random choice (1)
  --no-quotas       take any rate of requests
  --tls             listen with TLS, by a certificate that is printed
  --help            this text

It prints the endpoint and the environment to set, and runs until it is interrupted.
`;

/** What the command line asks for. */
export interface CommandLine {
  readonly help: boolean;
  readonly options: LocalAwsOptions;
  readonly place: Place;
}

/** Reads the arguments after the program's name. Throws an Error that says what is wrong with them. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      port: { type: "string", default: "4599" },
      host: { type: "string", default: "127.0.0.1" },
      account: { type: "string", default: "111122223333" },
      region: { type: "string", default: "us-east-1" },
      role: { type: "string", multiple: true, default: [] },
      fault: { type: "string", multiple: true, default: [] },
      seed: { type: "string", default: "1" },
      quotas: { type: "boolean", default: true },
      tls: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  assertAccount("account", values.account);
  return {
    help: values.help,
    place: { account: values.account, region: values.region },
    options: {
      port: Number(values.port),
      host: values.host,
      seed: Number(values.seed),
      tls: values.tls,
      roles: values.role.map((text) => readJson("--role", text)),
      faults: values.fault.map((text) => readJson("--fault", text)),
      ...(values.quotas ? {} : { quotas: false }),
    },
  };
}

// What the JSON holds is checked where every rule and role is: when the endpoint starts.
function readJson<Shape>(option: string, text: string): Shape {
  try {
    return JSON.parse(text) as Shape;
  } catch (cause) {
    throw new Error(`Expected ${option} to be JSON, got ${text}`, { cause });
  }
}
