import { defineOperation, type Operation } from "../src/define-operation.ts";

/** How the next calls to a cloud go. */
export type Fault =
  /** Refused: nothing is changed, and the answer says so. */
  | "refused"
  /** It takes effect, and the answer is lost. */
  | "answer-lost"
  /** It does not take effect, and the answer is lost. */
  | "request-lost"
  /** It never answers, and never takes effect. */
  | "hangs";

export interface Resource {
  readonly key: string;
}

/** A cloud in memory that makes and deletes resources, and does what it is told to go wrong. */
export interface Cloud {
  readonly resources: Set<string>;
  /** Every call that reached it, in order: `create a`, `delete a`, `look a`. */
  readonly calls: string[];
  /** Faults by call, e.g. `create a`; used up one by one. */
  readonly faults: Map<string, Fault[]>;
  readonly create: Operation<Resource, { readonly id: string }>;
}

export interface CloudOptions {
  readonly deadlineMs?: number | undefined;
  readonly consistencyMs?: number | undefined;
  readonly version?: number | undefined;
}

export function cloud({ deadlineMs = 1_000, consistencyMs = 0, version = 1 }: CloudOptions = {}): Cloud {
  const resources = new Set<string>();
  const calls: string[] = [];
  const faults = new Map<string, Fault[]>();
  const call = async (what: string, effect: () => void) => {
    calls.push(what);
    const fault = faults.get(what)?.shift();
    if (fault === "hangs") return new Promise<never>(() => {});
    if (fault === "refused") throw refused();
    if (fault !== "request-lost") effect();
    if (fault === "answer-lost" || fault === "request-lost") throw answerLost();
    return undefined;
  };
  const create = defineOperation({
    name: "create",
    version,
    class: "undoable",
    deadlineMs,
    consistencyMs,
    apply: async ({ key }: Resource): Promise<{ readonly id: string }> => {
      await call(`create ${key}`, () => resources.add(key));
      return { id: `id of ${key}` };
    },
    probe: async ({ key }) => {
      await call(`look ${key}`, () => {});
      return resources.has(key) ? { state: "applied", output: { id: `id of ${key}` } } : { state: "absent" };
    },
    compensate: async ({ key }) => {
      await call(`delete ${key}`, () => resources.delete(key));
    },
  });
  return { resources, calls, faults, create };
}

/** An error as the AWS SDK throws it when the service refuses a request. */
export function refused(name = "ValidationException"): Error {
  const $metadata = { httpStatusCode: 400, requestId: "11111111-2222-3333-4444-555555555555", attempts: 1 };
  return Object.assign(new Error("refused: hunter2 is not valid"), { name, $fault: "client", $metadata });
}

/** An error as Node throws it when a connection breaks before the answer. */
export function answerLost(): Error {
  return Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
}
