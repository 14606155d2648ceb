import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { UsageExit } from "./usage-exit.ts";

/** What the command line asks for. */
export type CommandLine =
  | { readonly command: "showcase"; readonly json: boolean }
  | ({ readonly command: "run" } & RunSettings)
  | ({ readonly command: "recover" } & RecoverSettings & { readonly retry: boolean })
  | ({ readonly command: "event" } & EventSettings)
  | ({ readonly command: "policy" } & PolicySettings)
  | { readonly command: "dashboards"; readonly namespace: string; readonly region: string };

export interface RecoverSettings {
  readonly json: boolean;
  /** Path of the journal's file. */
  readonly journal: string;
  readonly stepDeadlineMs: number;
  readonly settleMarginMs: number;
  readonly profile: string | undefined;
  readonly localOnly: boolean;
}

export interface RunSettings extends RecoverSettings {
  readonly from: string;
  readonly to: string;
  readonly toRoleArn: string | undefined;
  readonly externalId: string | undefined;
  readonly filter: readonly string[];
  /** Files with transforms, applied in order. */
  readonly transform: readonly TransformFile[];
  /** `NAME=VALUE`, for `${NAME}` in transforms. */
  readonly variable: readonly string[];
  readonly rename: readonly string[];
  readonly kmsKeyId: string | undefined;
  readonly concurrency: number;
  /** Namespace of the CloudWatch metrics; `undefined` sends none. */
  readonly metrics: string | undefined;
  /** Port of the status server; `undefined` starts none. */
  readonly statusPort: number | undefined;
}

export interface TransformFile {
  readonly option: "--sed" | "--transform";
  readonly path: string;
}

export interface EventSettings extends RecoverSettings {
  /** Path of a file with the event, or `-` for standard input. */
  readonly file: string;
  /** The replicator's own region. */
  readonly region: string | undefined;
  readonly statusPort: number | undefined;
}

export interface PolicySettings {
  readonly from: string;
  readonly to: string;
  readonly toRoleArn: string | undefined;
  readonly externalId: string | undefined;
  readonly account: string;
  readonly kmsKeyArn: readonly string[];
  readonly metrics: string | undefined;
  readonly dlqArn: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads the arguments after the program's name.
 *
 * @throws UsageExit, with exit code 64 for a line that is wrong and 0 for one that asks for help.
 */
export function parseCommandLine(args: readonly string[], env: Env): CommandLine {
  let parsed: CommandLine | undefined;
  const transform: TransformFile[] = [];
  let printed = "";
  const program = new Command("replicate")
    .description("Replicates AWS secrets across regions and accounts; all of them, or none.")
    .version(version(), "--version", "print the version")
    .exitOverride()
    .configureOutput({ writeOut: (text) => (printed += text), writeErr: (text) => (printed += text) });
  const withJournal = (command: Command) =>
    command
      .option("--journal <file>", "where changes are recorded before they are made", defaultJournal(env))
      .addOption(
        new Option("--step-deadline <ms>", "how long one change may take, waits and retries included")
          .argParser(parsePositive)
          .default(60_000),
      )
      .addOption(
        new Option("--settle-margin <ms>", "how long after its deadline a request may still be under way")
          .argParser(parsePositive)
          .default(2_000),
      )
      .option("--profile <name>", "profile of the shared AWS configuration files")
      .option("--local-only", "refuse, before a byte is sent, every address that is not this machine", false)
      .option("--json", "one JSON object a line", false);

  program
    .command("showcase", { isDefault: true })
    .description("show everything against a local endpoint: no account needed (the default)")
    .option("--json", "one JSON object a line", false)
    .action(({ json }) => {
      parsed = { command: "showcase", json };
    });
  withJournal(program.command("run").description("replicate secrets from one region to another"))
    .requiredOption("--from <region>", "region to read from")
    .requiredOption("--to <region>", "region to write to")
    .option("--to-role-arn <arn>", "role to assume for writing")
    .option("--external-id <id>", "external id that the role demands")
    .addOption(repeatable("--filter <glob>", "names to replicate; repeatable", "all"))
    .addOption(
      repeatable(
        "--transform <file>",
        "sed script or JSON mapping that changes values on their way; repeatable",
        "none",
      ).argParser((path: string) => transform.push({ option: "--transform", path })),
    )
    .addOption(
      repeatable("--sed <file>", "the same, for a sed script whatever it looks like", "none").argParser(
        (path: string) => transform.push({ option: "--sed", path }),
      ),
    )
    .addOption(
      repeatable("--variable <NAME=VALUE>", "a variable of transforms, beside REGION and such; repeatable", "none"),
    )
    .addOption(
      repeatable(
        "--rename <pattern=template>",
        "names at the destination, as in app/*=team/*; repeatable",
        "the same names",
      ),
    )
    .option("--kms-key-id <key>", "KMS key at the destination (default: what is there, or AWS's own)")
    .addOption(new Option("--concurrency <n>", "secrets worked on at once").argParser(parsePositive).default(16))
    .addOption(statusPort())
    .option("--metrics <namespace>", "send CloudWatch metrics to this namespace at the destination")
    .action((options) => {
      parsed = {
        command: "run",
        ...options,
        transform,
        stepDeadlineMs: options.stepDeadline,
        settleMarginMs: options.settleMargin,
      };
    });
  withJournal(program.command("recover").description("undo what a run that was killed left half-done"))
    .option("--retry", "try again, too, what an earlier undo could not undo", false)
    .action((options) => {
      parsed = {
        command: "recover",
        ...options,
        stepDeadlineMs: options.stepDeadline,
        settleMarginMs: options.settleMargin,
      };
    });

  withJournal(program.command("event").description("replicate what an event names, configured by the environment"))
    .argument("<file>", "the event as JSON, or - for standard input")
    .option("--region <region>", "the replicator's own region (default: AWS_REGION)")
    .addOption(statusPort())
    .action((file, options) => {
      parsed = {
        command: "event",
        ...options,
        file,
        region: options.region || env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined,
        stepDeadlineMs: options.stepDeadline,
        settleMarginMs: options.settleMargin,
      };
    });
  program
    .command("policy")
    .description("print the IAM policies that a replicator needs, and no more")
    .requiredOption("--account <id>", "the replicator's own account")
    .requiredOption("--from <region>", "region to read from")
    .requiredOption("--to <region>", "region to write to")
    .option("--to-role-arn <arn>", "role to assume for writing")
    .option("--external-id <id>", "external id that the role demands")
    .addOption(repeatable("--kms-key-arn <arn>", "KMS key of secrets on either side; repeatable", "AWS's own alone"))
    .option("--metrics <namespace>", "namespace of the CloudWatch metrics")
    .option("--dlq-arn <arn>", "queue for what could not be replicated")
    .action((options) => {
      parsed = { command: "policy", ...options };
    });
  program
    .command("dashboards")
    .description("print alarms and dashboards as one CloudFormation template, and for Grafana and Prometheus")
    .option("--namespace <namespace>", "namespace of the CloudWatch metrics", "SecretsReplicator")
    .requiredOption("--region <region>", "region of the CloudWatch metrics")
    .action((options) => {
      parsed = { command: "dashboards", ...options };
    });

  const [first] = args;
  const commands = ["help", ...program.commands.map((command) => command.name())];
  if (first !== undefined && !first.startsWith("-") && !commands.includes(first)) {
    throw new UsageExit(`error: unknown command '${first}': expected one of ${commands.join(", ")}\n`, 64);
  }
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageExit(printed, error.exitCode === 0 ? 0 : 64);
  }
  if (parsed === undefined) throw new UsageExit(printed || program.helpInformation(), 64);
  return parsed;
}

function defaultJournal(env: Env): string {
  return join(env.XDG_STATE_HOME || join(homedir(), ".local", "state"), "holdfast", "replicate.journal");
}

function statusPort(): Option {
  return new Option("--status-port <port>", "serve /metrics for Prometheus, /livez and /readyz on 127.0.0.1").argParser(
    parsePort,
  );
}

function repeatable(flags: string, description: string, none: string): Option {
  return new Option(flags, description).argParser(collect).default([], none);
}

function collect(value: string, previous: readonly string[]): readonly string[] {
  return [...previous, value];
}

function parsePort(text: string): number {
  const value = parsePositive(text);
  if (value > 65_535) throw new InvalidArgumentError("expected a port from 1 to 65535.");
  return value;
}

function version(): string {
  return (JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { version: string }).version;
}

function parsePositive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("expected a whole number from 1.");
  return value;
}
