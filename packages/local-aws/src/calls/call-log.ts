import { assertKnownOptions, type KnownOptions } from "../known-options.ts";

/** One request that reached the endpoint. Members that hold secrets read "[redacted]". */
export interface CallRecord {
  /** From 1, in order of arrival. */
  readonly sequence: number;
  /** When it arrived, ms since the epoch by the endpoint's clock. */
  readonly at: number;
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly protocol: string;
  /** From 1, as the client says in `amz-sdk-request`; 1 when it does not say. */
  readonly attempt: number;
  /** The client's upper limit of attempts, where it says. */
  readonly maxAttempts: number | undefined;
  /** The same for all attempts of one call of an SDK client. */
  readonly invocationId: string | undefined;
  readonly requestId: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** Size of the body on the wire. */
  readonly bodyBytes: number;
  readonly contentEncoding: string | undefined;
  /** The rules that applied, in order. */
  readonly faults: readonly string[];
  /** HTTP status of the answer; undefined while there is none, or when there never will be. */
  readonly status: number | undefined;
  /** Code of the error answered. */
  readonly errorCode: string | undefined;
  /** Whether the operation took effect, answered or not. */
  readonly effect: boolean;
  /** From arrival to answer, by the endpoint's clock. */
  readonly durationMs: number | undefined;
}

/** A record whose call is under way. */
export type OpenCallRecord = { -readonly [Member in keyof CallRecord]: CallRecord[Member] };

/** Which calls to count; all that is given must hold. */
export interface CallFilter {
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  readonly status?: number | undefined;
  readonly errorCode?: string | undefined;
}

const filterKeys: KnownOptions<keyof CallFilter> = {
  service: true,
  operation: true,
  account: true,
  region: true,
  status: true,
  errorCode: true,
};

/** The latest calls, in order of arrival, up to a cap. */
export class CallLog {
  #records: CallRecord[] = [];
  #start = 0;
  #total = 0;
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Calls that have arrived, the forgotten ones included. */
  get total(): number {
    return this.#total;
  }

  nextSequence(): number {
    return ++this.#total;
  }

  add(record: CallRecord): void {
    if (this.#capacity === 0) return;
    if (this.#records.length < this.#capacity) {
      this.#records.push(record);
      return;
    }
    this.#records[this.#start] = record;
    this.#start = (this.#start + 1) % this.#capacity;
  }

  list(filter: CallFilter = {}): CallRecord[] {
    assertKnownOptions("a filter of calls", filter, filterKeys);
    const inOrder = [...this.#records.slice(this.#start), ...this.#records.slice(0, this.#start)];
    const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
    if (wanted.length === 0) return inOrder;
    return inOrder.filter((record) => wanted.every(([name, value]) => record[name as keyof CallFilter] === value));
  }

  clear(): void {
    this.#records = [];
    this.#start = 0;
  }
}
