import { type ErrorFields, fieldsOf, messageOf, textOf } from "./error-fields.ts";
import { type Verdict, verdict } from "./verdict.ts";

/** What the conventions of other systems say, and the code in their words. */
export interface ForeignVerdict {
  readonly verdict: Verdict;
  readonly code: string | undefined;
}

const defect = verdict("defect", "never", "caller");
const invalid = verdict("validation", "never", "client");
const unavailable = verdict("service", "transient", "server");
const failed = verdict("service", "never", "server");
const conflict = verdict("conflict", "transient", "client");
const duplicate = verdict("conflict", "never", "client");
const notFound = verdict("not-found", "never", "client");
const denied = verdict("authorization", "never", "client");
const unauthenticated = verdict("authentication", "never", "client");
const tooFast = verdict("throttling", "throttling", "client");
const illState = verdict("state", "never", "client");
const lost = verdict("storage", "never", "server");
const timedOut = verdict("timeout", "if-idempotent", "network");
const aborted = verdict("aborted", "never", "caller");
const unknown = verdict("unknown", "never", "server");
const connection = verdict("network", "if-idempotent", "network");

/** PostgreSQL, Redis, gRPC and schema libraries, each by what only it has. */
export function foreignVerdict(error: ErrorFields, name: unknown, code: unknown): ForeignVerdict | undefined {
  if (typeof code === "number") return grpcVerdict(error, code);
  if (typeof code === "string" && /^[0-9A-Z]{5}$/.test(code) && typeof error.severity === "string") {
    return { verdict: sqlStateVerdict(code), code };
  }
  if (name === "ReplyError" || (name === "Error" && redisClasses.test(classNameOf(error)))) return redisVerdict(error);
  return Array.isArray(error.issues) ? { verdict: invalid, code: textOf(name) } : undefined;
}

// @see https://grpc.github.io/grpc/core/md_doc_statuscodes.html, in order from 1
const grpcStatuses: readonly (readonly [string, Verdict])[] = [
  ["CANCELLED", aborted],
  ["UNKNOWN", unknown],
  ["INVALID_ARGUMENT", invalid],
  ["DEADLINE_EXCEEDED", timedOut],
  ["NOT_FOUND", notFound],
  ["ALREADY_EXISTS", duplicate],
  ["PERMISSION_DENIED", denied],
  ["RESOURCE_EXHAUSTED", tooFast],
  ["FAILED_PRECONDITION", illState],
  ["ABORTED", conflict],
  ["OUT_OF_RANGE", invalid],
  ["UNIMPLEMENTED", failed],
  ["INTERNAL", failed],
  ["UNAVAILABLE", unavailable],
  ["DATA_LOSS", lost],
  ["UNAUTHENTICATED", unauthenticated],
];

function grpcVerdict(error: ErrorFields, status: number): ForeignVerdict | undefined {
  const found = typeof error.details === "string" ? grpcStatuses[status - 1] : undefined;
  return found && { code: found[0], verdict: found[1] };
}

// @see https://www.postgresql.org/docs/current/errcodes-appendix.html: whole codes first, then their classes.
const sqlStates: ReadonlyMap<string, Verdict> = new Map(
  Object.entries({
    "08": connection,
    "22": invalid,
    "23505": duplicate,
    "23": invalid,
    "25": illState,
    "26": illState,
    "28": unauthenticated,
    "3D": notFound,
    "40": conflict, // serialization failure, deadlock: rolled back, run the transaction again
    "40003": connection, // statement completion unknown
    "42501": denied,
    "42P01": notFound,
    "42": defect,
    "53300": tooFast, // too many connections
    "53": unavailable,
    "53100": lost, // disk full
    "54": invalid,
    "55006": conflict,
    "55P03": conflict,
    "55": illState,
    "57014": verdict("timeout", "transient", "server"), // cancelled, by statement_timeout as a rule: rolled back
    "57": unavailable, // shutdown, crash, not yet up
    "58": lost,
  }),
);

function sqlStateVerdict(state: string): Verdict {
  return sqlStates.get(state) ?? sqlStates.get(state.slice(0, 2)) ?? failed;
}

// Redis gives its code as the first word of the reply. @see https://redis.io/docs/latest/develop/reference/protocol-spec/
const redisReplies: ReadonlyMap<string, Verdict> = new Map(
  Object.entries({
    BUSY: unavailable,
    LOADING: unavailable,
    MASTERDOWN: unavailable,
    CLUSTERDOWN: unavailable,
    TRYAGAIN: unavailable,
    NOREPLICAS: unavailable,
    MISCONF: lost,
    OOM: verdict("quota", "never", "server"),
    READONLY: unavailable, // a failover under way: the new primary is found by reconnecting
    NOAUTH: unauthenticated,
    WRONGPASS: unauthenticated,
    NOPERM: denied,
    WRONGTYPE: defect,
    ERR: invalid,
    EXECABORT: illState,
    NOSCRIPT: notFound,
    BUSYGROUP: duplicate,
    BUSYKEY: duplicate,
  }),
);

const redisClasses = /^(ErrorReply|SimpleError|BlobError)$/; // node-redis; ioredis names its own

function redisVerdict(error: ErrorFields): ForeignVerdict {
  const code = /^[A-Z]+/.exec(messageOf(error))?.[0];
  return { code, verdict: redisReplies.get(code ?? "") ?? failed };
}

function classNameOf(error: ErrorFields): string {
  return textOf(fieldsOf(error.constructor)?.name) ?? "";
}
