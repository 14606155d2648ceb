import { type ErrorFields, fieldsOf, messageOf, textOf } from "./error-fields.ts";
import type { Evidence } from "./evidence.ts";
import { likes } from "./likes.ts";

/** The code in another system's words, and a known one that means the same. */
export interface ForeignCode {
  readonly code: string | undefined;
  readonly like: string;
}

/** gRPC, PostgreSQL, Redis and schema libraries, each by what only it has. */
export function foreignCode({ error, name, code, metadata }: Evidence): ForeignCode | undefined {
  if (metadata !== undefined) return undefined; // the SDK's own
  if (typeof code === "number" && typeof error.details === "string") return saidIn(error, /^\d+ ([A-Z_]+):/); // grpc-js
  if (typeof code === "string" && code.length === 5 && typeof error.severity === "string") {
    return { code, like: likeSqlState.get(code) ?? likeSqlState.get(code.slice(0, 2)) ?? "501" };
  }
  if (name === "ReplyError" || (name === "Error" && redisClasses.test(classNameOf(error))))
    return saidIn(error, /^([A-Z]+)/);
  return Array.isArray(error.issues) ? { code: textOf(name), like: "400" } : undefined;
}

// gRPC and Redis give their code in words only at the beginning of the message, by protocol.
function saidIn(error: ErrorFields, pattern: RegExp): ForeignCode | undefined {
  const code = pattern.exec(messageOf(error))?.[1];
  return code ? { code, like: code } : undefined;
}

const redisClasses = /^(ErrorReply|SimpleError|BlobError)$/; // of node-redis; ioredis names its errors

function classNameOf(error: ErrorFields): string {
  return `${fieldsOf(error.constructor)?.name}`;
}

// Whole codes, and the classes that their first two characters name.
// @see https://www.postgresql.org/docs/current/errcodes-appendix.html
const likeSqlState = likes({
  ECONNRESET: "08 40003", // 40003: whether the statement completed is unknown
  ERR: "22 23 54",
  EEXIST: "23505",
  EXECABORT: "25 26 55",
  NOAUTH: "28",
  ENOENT: "3D 42P01",
  ABORTED: "40 55006 55P03", // serialisation failure, deadlock: rolled back, run the transaction again
  EACCES: "42501",
  WRONGTYPE: "42",
  SlowDown: "53300", // too many connections
  LOADING: "53 57", // shutdown, crash, not yet up
  EIO: "53100 58",
  RequestTimeout: "57014", // cancelled, as a rule by statement_timeout: rolled back
});
