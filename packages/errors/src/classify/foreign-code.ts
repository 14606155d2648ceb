import { type ErrorFields, loosely, messageOf, textOf } from "./error-fields.ts";
import { verdictByCode } from "./known-codes.ts";
import type { Verdict } from "./verdict.ts";

// Classes of node-redis, whose errors have no name of their own; those of ioredis are named ReplyError.
const redisClasses = /ErrorReply|SimpleError|BlobError/;

/** The error's code: its `code`, or the word at the beginning of the message where that is the protocol: gRPC, Redis. */
export function codeIn(error: ErrorFields, name: string | undefined): string | undefined {
  const { code } = error;
  if (textOf(code)) return code as string;
  const isWorded =
    typeof code === "number"
      ? error.details // grpc-js
      : name === "ReplyError" || (!name && isOfRedis(error.constructor));
  return isWorded ? (/^(?:\d+ )?([A-Z_]+)/.exec(messageOf(error))?.[1] ?? `${code ?? "ERR"}`) : undefined;
}

function isOfRedis(made: unknown): boolean {
  return made !== Error && redisClasses.test(`${loosely(made)?.name}`); // most are plain: what they cost is kept down
}

/** PostgreSQL by its SQLSTATE, whose first two characters name a class; schema libraries by their `issues`. */
export function verdictOfShape(error: ErrorFields, code: string | undefined): Verdict | undefined {
  if (code?.length === 5 && error.severity) return verdictByCode.get(code.slice(0, 2)) ?? verdictByCode.get("501");
  return Array.isArray(error.issues) ? verdictByCode.get("400") : undefined;
}
