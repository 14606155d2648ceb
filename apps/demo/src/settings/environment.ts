import type { TransformMode } from "../transforms/read-transform.ts";
import { SettingsError } from "./settings-error.ts";

/** What the environment says; each is the default of what a destination says itself. */
export interface Environment {
  /** The secret that lists the destinations. `CONFIG_SECRET`. */
  readonly configSecret: string;
  /** Secrets whose patterns say what is replicated; none: everything is. `SECRETS_FILTER`, separated by commas. */
  readonly filters: readonly string[];
  readonly filterCacheTtlMs: number;
  /** The secret with the names at the destination. `DEFAULT_SECRET_NAMES`. */
  readonly secretNames: string | undefined;
  readonly secretNamesCacheTtlMs: number;
  /** The one destination where there is no configuration secret. `DEFAULT_REGION`. */
  readonly region: string | undefined;
  readonly roleArn: string | undefined;
  readonly kmsKeyId: string | undefined;
  readonly transformMode: TransformMode;
  readonly logLevel: LogLevel;
  readonly enableMetrics: boolean;
  readonly metricsNamespace: string;
  /** Queue that takes what could not be replicated. `DLQ_ARN`. */
  readonly dlq: QueueAddress | undefined;
  /** How long one sed command may take on one secret. `TIMEOUT_SECONDS`. */
  readonly commandTimeoutMs: number;
  readonly maxSecretBytes: number;
  /** Where changes are recorded before they are made. `JOURNAL_FILE`. */
  readonly journal: string | undefined;
}

export interface QueueAddress {
  readonly region: string;
  readonly account: string;
  readonly name: string;
}

export type LogLevel = (typeof logLevels)[number];

export const logLevels = ["DEBUG", "INFO", "WARN", "ERROR"] as const;

/** @throws SettingsError naming the variable and what was expected. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const text = (name: string) => env[name]?.trim() || undefined;
  const oneOf = <Value extends string>(name: string, values: readonly Value[], fallback: Value): Value => {
    const given = text(name);
    if (given === undefined) return fallback;
    const found = values.find((value) => value.toLowerCase() === given.toLowerCase());
    if (found === undefined) throw wrong(name, `one of ${values.join(", ")}`, given);
    return found;
  };
  const numeric = (name: string, fallback: number, least: number, most: number): number => {
    const given = text(name);
    if (given === undefined) return fallback;
    const value = Number(given);
    if (!Number.isFinite(value) || value < least || value > most)
      throw wrong(name, `a number from ${least} to ${most}`, given);
    return value;
  };
  const level = text("LOG_LEVEL")?.toUpperCase() === "WARNING" ? "WARN" : undefined; // as Python calls it
  return {
    configSecret: text("CONFIG_SECRET") ?? "secrets-replicator/config/destinations",
    filters: readList(text("SECRETS_FILTER")),
    filterCacheTtlMs: 1_000 * numeric("SECRETS_FILTER_CACHE_TTL", 300, 0, 86_400),
    secretNames: text("DEFAULT_SECRET_NAMES"),
    secretNamesCacheTtlMs: 1_000 * numeric("SECRET_NAMES_CACHE_TTL", 300, 0, 86_400),
    region: text("DEFAULT_REGION"),
    roleArn: text("DEFAULT_ROLE_ARN"),
    kmsKeyId: text("KMS_KEY_ID"),
    transformMode: oneOf("TRANSFORM_MODE", ["auto", "sed", "json"], "auto"),
    logLevel: level ?? oneOf("LOG_LEVEL", logLevels, "INFO"),
    enableMetrics:
      oneOf("ENABLE_METRICS", ["true", "false", "yes", "no", "on", "off", "1", "0"], "true").search(
        /^(true|yes|on|1)$/,
      ) === 0,
    metricsNamespace: text("METRICS_NAMESPACE") ?? "SecretsReplicator",
    dlq: readQueue(text("DLQ_ARN")),
    commandTimeoutMs: 1_000 * numeric("TIMEOUT_SECONDS", 5, 0.001, 900),
    maxSecretBytes: numeric("MAX_SECRET_SIZE", 65_536, 1, 65_536),
    journal: text("JOURNAL_FILE"),
  };
}

/** Names separated by commas. */
export function readList(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function readQueue(arn: string | undefined): QueueAddress | undefined {
  if (arn === undefined) return undefined;
  const [, region, account, name] = /^arn:[\w-]+:sqs:([\w-]+):(\d{12}):([\w-]{1,80})$/.exec(arn) ?? [];
  if (region === undefined || account === undefined || name === undefined) {
    throw wrong("DLQ_ARN", "the ARN of a standard SQS queue (arn:aws:sqs:REGION:ACCOUNT:NAME)", arn);
  }
  return { region, account, name };
}

function wrong(name: string, expected: string, given: string): SettingsError {
  return new SettingsError(
    `Expected ${name} to be ${expected}, got ${JSON.stringify(given)}`,
    `Correct ${name} in the environment`,
  );
}
