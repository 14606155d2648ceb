import { doubtRegion } from "../region-name.ts";
import { JsonTextError, readJsonText } from "../transforms/json-text.ts";
import type { Variables } from "../transforms/variables.ts";
import { type Environment, readList } from "./environment.ts";
import { SettingsError } from "./settings-error.ts";

/** Where secrets are replicated to, and how. */
export interface DestinationSettings {
  readonly region: string;
  readonly roleArn: string | undefined;
  readonly externalId: string | undefined;
  /** Secret with the names at this destination; `undefined`: the same names. */
  readonly secretNames: string | undefined;
  readonly secretNamesCacheTtlMs: number;
  readonly kmsKeyId: string | undefined;
  readonly variables: Variables;
  /** Secrets with what is replicated; none: everything. */
  readonly filters: readonly string[];
}

const keys = {
  region: "region",
  account_role_arn: "roleArn",
  external_id: "externalId",
  secret_names: "secretNames",
  secret_names_cache_ttl: "secretNamesCacheTtl",
  kms_key_id: "kmsKeyId",
  variables: "variables",
  filters: "filters",
} as const;

type Entry = Partial<Record<(typeof keys)[keyof typeof keys], unknown>>;

/**
 * Reads a list of destinations, `[{"region": …}]` or `{"destinations": […]}`, its keys in snake or camel case. What a
 * destination does not say, the environment says.
 *
 * @throws SettingsError naming the destination, from 1, and what is wrong with it.
 */
export function readDestinations(
  text: string,
  where: string,
  environment: Environment,
): readonly DestinationSettings[] {
  try {
    readJsonText(text);
  } catch (error) {
    if (!(error instanceof JsonTextError)) throw error;
    throw new SettingsError(`${where} is ${error.message}`, "Correct it: a JSON list of destinations");
  }
  const parsed = JSON.parse(text) as unknown;
  const list = Array.isArray(parsed) ? parsed : (parsed as { destinations?: unknown } | null)?.destinations;
  if (!Array.isArray(list) || list.length === 0) {
    throw new SettingsError(
      `${where} lists no destinations`,
      'Give a JSON list with one destination at least, as in [{"region": "eu-west-1"}]',
    );
  }
  return list.map((one: unknown, index) => readDestination(one, `${where}, destination ${index + 1}`, environment));
}

/** The one destination that the environment names, or `undefined` if it names none. */
export function destinationOfEnvironment(environment: Environment): DestinationSettings | undefined {
  return environment.region === undefined
    ? undefined
    : readDestination({ region: environment.region }, "DEFAULT_REGION", environment);
}

function readDestination(value: unknown, where: string, environment: Environment): DestinationSettings {
  const entry = readKeys(value, where);
  const wrong = (what: string) => new SettingsError(`${where}: ${what}`, "Correct the destination");
  const text = (key: keyof Entry, name: string): string | undefined => {
    const given = entry[key] ?? undefined;
    if (given === undefined) return undefined;
    if (typeof given !== "string" || given === "") throw wrong(`expected ${name} to be a text`);
    return given;
  };
  const region = text("region", "region");
  if (region === undefined) throw wrong("it has no region");
  const doubt = doubtRegion(region);
  if (doubt?.verdict === "wrong") throw wrong(doubt.says);
  const roleArn = text("roleArn", "account_role_arn") ?? environment.roleArn;
  if (roleArn !== undefined && !/^arn:[\w-]+:iam::\d{12}:role\/.+/.test(roleArn)) {
    throw wrong(`account_role_arn is not a role's ARN (arn:aws:iam::ACCOUNT:role/NAME): ${roleArn}`);
  }
  const externalId = text("externalId", "external_id");
  if (externalId !== undefined && roleArn === undefined) throw wrong("external_id needs account_role_arn");
  const ttl = entry.secretNamesCacheTtl ?? environment.secretNamesCacheTtlMs / 1_000;
  if (typeof ttl !== "number" || !(ttl >= 0)) throw wrong("expected secret_names_cache_ttl to be seconds, from 0");
  return {
    region,
    roleArn,
    externalId,
    secretNames: text("secretNames", "secret_names") ?? environment.secretNames,
    secretNamesCacheTtlMs: 1_000 * ttl,
    kmsKeyId: text("kmsKeyId", "kms_key_id") ?? environment.kmsKeyId,
    variables: readVariables(entry.variables ?? {}, wrong),
    filters: readFilters(entry.filters, wrong) ?? environment.filters,
  };
}

function readKeys(value: unknown, where: string): Entry {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SettingsError(`${where} is no object`, 'Write each destination as {"region": …}');
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, given]) => {
      const snake = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      if (!Object.hasOwn(keys, snake)) {
        throw new SettingsError(
          `${where}: ${JSON.stringify(key)} is not known`,
          `Use ${Object.keys(keys).join(", ")}, in snake or camel case`,
        );
      }
      return [keys[snake as keyof typeof keys], given];
    }),
  );
}

function readVariables(given: unknown, wrong: (what: string) => SettingsError): Variables {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw wrong("expected variables to be an object");
  for (const [name, value] of Object.entries(given)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      throw wrong(`${JSON.stringify(name)} can be no variable: letters, digits and _`);
    if (typeof value !== "string") throw wrong(`expected the variable ${name} to be a text`);
  }
  return given as Variables;
}

function readFilters(given: unknown, wrong: (what: string) => SettingsError): readonly string[] | undefined {
  if (given === undefined || given === null) return undefined;
  if (typeof given === "string") return readList(given);
  if (Array.isArray(given) && given.every((one) => typeof one === "string" && one !== ""))
    return given as readonly string[];
  throw wrong("expected filters to be a list of names");
}
