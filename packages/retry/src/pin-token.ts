/** As much of an SDK command as is used. */
export interface CommandWithInput {
  readonly input: object;
}

export interface PinTokenOptions {
  /** The input member that carries the token. Default: the one the command's model marks, else `ClientRequestToken`. */
  readonly member?: string | undefined;
}

/**
 * Gives a command its idempotency token before it is first sent, and returns it, so that every `client.send()` of
 * it carries the same one: an SDK client otherwise makes a new token for each `send()`, and a retry around it does
 * the work twice. Needless where the policy runs as the client's own loop (`policyPlugin`, `sdkRetryStrategy`).
 *
 * A token already there is kept; a command whose model has no token is left as it is. For Secrets Manager the
 * token becomes the version's id.
 */
export function pinToken<Command extends CommandWithInput>(
  command: Command,
  { member }: PinTokenOptions = {},
): Command {
  const name = member ?? tokenMemberOf(command);
  const input = command.input as Record<string, unknown>;
  if (name === undefined || input[name] != null) return command;
  // Into a copy: the same input may serve other commands, each of which must do its own work.
  Object.assign(command, { input: { ...input, [name]: globalThis.crypto.randomUUID() } });
  return command;
}

/** Smithy's trait `idempotencyToken` in the bits of a schema's traits. */
const idempotencyTokenTrait = 0b100;

// An operation's schema is [9, namespace, name, traits, input, output], a structure's [3, namespace, name, traits,
// members, schemas]; a member with traits is [schema, traits], and schemas may be given as functions.
function tokenMemberOf(command: CommandWithInput & { readonly schema?: unknown }): string | undefined {
  if (!Array.isArray(command.schema)) return "ClientRequestToken"; // a client from before schemas
  const input: unknown = resolved(command.schema[4]);
  if (!Array.isArray(input) || !Array.isArray(input[4]) || !Array.isArray(input[5])) return undefined;
  const [, , , , members, schemas] = input as unknown[][];
  const index = schemas!.findIndex((schema) => Array.isArray(schema) && isToken(schema[1]));
  return index < 0 ? undefined : (members![index] as string);
}

function resolved(schema: unknown): unknown {
  return typeof schema === "function" ? schema() : schema;
}

function isToken(traits: unknown): boolean {
  if (typeof traits === "number") return (traits & idempotencyTokenTrait) !== 0;
  return typeof traits === "object" && traits !== null && "idempotencyToken" in traits;
}
