import { verdictByCode } from "./error-codes.ts";
import { type ErrorFields, fieldsOf, messageOf, textOf } from "./error-fields.ts";
import type { Evidence } from "./evidence.ts";
import { byWord, type Verdict } from "./verdict.ts";
import {
  badCredentials,
  contended,
  cutOff,
  defect,
  denied,
  duplicate,
  invalid,
  notFound,
  storageFailed,
  timedOutBeforeEffect,
  tooFast,
  unavailable,
  unserved,
  wrongState,
} from "./verdicts.ts";

/** What the conventions of another system say, and the code in its words. */
export interface ForeignVerdict {
  readonly verdict: Verdict;
  readonly code: string | undefined;
}

/** gRPC, PostgreSQL, Redis and schema libraries, each by what only it has. */
export function foreignVerdict({ error, name, code, metadata }: Evidence): ForeignVerdict | undefined {
  if (metadata !== undefined) return undefined; // the SDK's own
  if (typeof code === "number") {
    const status = typeof error.details === "string" ? grpcStatuses[code - 1] : undefined;
    return status === undefined ? undefined : said(status);
  }
  if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && typeof error.severity === "string") {
    return { code, verdict: sqlStates.get(code) ?? sqlStates.get(code.slice(0, 2)) ?? unserved };
  }
  if (name === "ReplyError" || (name === "Error" && redisClasses.test(classNameOf(error)))) {
    return said(/^[A-Z]+/.exec(messageOf(error))?.[0]);
  }
  return Array.isArray(error.issues) ? { code: textOf(name), verdict: invalid } : undefined;
}

function said(code: string | undefined): ForeignVerdict {
  return { code, verdict: verdictByCode.get(code) ?? unserved };
}

// In order, from 1. @see https://grpc.github.io/grpc/core/md_doc_statuscodes.html
const grpcStatuses =
  "CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED".split(
    " ",
  );

// Redis gives its code as the first word of the reply. ioredis names its errors, node-redis only their classes.
const redisClasses = /^(ErrorReply|SimpleError|BlobError)$/;

function classNameOf(error: ErrorFields): string {
  return textOf(fieldsOf(error.constructor)?.name) ?? "";
}

// Whole codes, and the classes that their first two characters name.
// @see https://www.postgresql.org/docs/current/errcodes-appendix.html
const sqlStates = byWord([
  [cutOff, "08 40003"], // 40003: whether the statement completed is unknown
  [invalid, "22 23 54"],
  [duplicate, "23505"],
  [wrongState, "25 26 55"],
  [badCredentials, "28"],
  [notFound, "3D 42P01"],
  [contended, "40 55006 55P03"], // serialisation failure, deadlock: rolled back, run the transaction again
  [denied, "42501"],
  [defect, "42"],
  [tooFast, "53300"], // too many connections
  [unavailable, "53 57"], // shutdown, crash, not yet up
  [storageFailed, "53100 58"],
  [timedOutBeforeEffect, "57014"], // cancelled, as a rule by statement_timeout: rolled back
]);
