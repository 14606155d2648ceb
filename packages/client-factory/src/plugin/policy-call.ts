import { randomUUID } from "node:crypto";
import type { Classify } from "@holdfast/errors";
import { beginCall, type CallContext, type CallDetails, type Clock } from "@holdfast/errors/policy";
import { AttemptLog } from "./attempt-log.ts";
import { withAttemptSignal } from "./attempt-signal.ts";
import { callDetailsOf } from "./call-details.ts";
import { renewCredentials } from "./credential-renewal.ts";
import { longPollPauseMs, pause } from "./long-poll-pause.ts";
import { assertSdkPolicy, maxAttemptsOf, type SdkPolicy, type SdkPolicySelector } from "./sdk-policy.ts";
import {
  isSdkRequest,
  type SdkArguments,
  type SdkContext,
  type SdkHandler,
  type SdkOutput,
  type SdkResult,
} from "./sdk-shapes.ts";
import { discardStreams, isStream } from "./streams.ts";

export interface PolicyCallKit {
  readonly policyFor: SdkPolicySelector;
  readonly classify: Classify;
  readonly clock: Clock;
  readonly random: () => number;
}

interface AttemptContext {
  readonly signal: AbortSignal;
  /** False if nothing can abort the attempt, so that no signal need be made for it. */
  readonly abortable?: boolean;
}

/** One call of an SDK client, run by a policy. */
export class PolicyCall {
  readonly #kit: PolicyCallKit;
  readonly #next: SdkHandler;
  readonly #context: SdkContext;
  readonly #args: SdkArguments;
  readonly #call: CallDetails;
  readonly #log: AttemptLog;
  /** Ends the call when its one attempt has failed; there is one if the body is a stream. */
  readonly #onlyAttempt: AbortController | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #results: SdkResult[] = [];
  readonly #failures = new Set<unknown>();
  #maxAttempts: number | undefined;
  #renewed = false;
  #settled = false;

  constructor(kit: PolicyCallKit, next: SdkHandler, context: SdkContext, args: SdkArguments) {
    this.#kit = kit;
    this.#next = next;
    this.#context = context;
    this.#args = args;
    this.#log = new AttemptLog(kit.clock);
    this.#signal = context.__smithy_context?.abortSignal;
    const stream = isSdkRequest(args.request) && isStream(args.request.body);
    const call = callDetailsOf(context);
    this.#call = stream ? { ...call, repeatable: false } : call;
    if (isSdkRequest(args.request)) args.request.headers["amz-sdk-invocation-id"] = randomUUID();
    if (!stream) return;
    this.#onlyAttempt = new AbortController();
    const { signal } = this.#onlyAttempt;
    this.#signal = this.#signal === undefined ? signal : AbortSignal.any([this.#signal, signal]);
  }

  async run(): Promise<SdkResult> {
    try {
      return this.#resultOf(await this.#runPolicy());
    } catch (error) {
      // Not before the end: a retry policy takes an error that tells of several attempts for another loop's.
      if (this.#failures.has(error)) this.#log.writeTo(error);
      await this.#pauseLongPoll(error);
      throw error;
    } finally {
      this.#settled = true;
    }
  }

  #runPolicy(): Promise<unknown> {
    const policy = this.#kit.policyFor(this.#call);
    assertSdkPolicy(policy, "a policy for every call, from the function that picks one");
    this.#maxAttempts = maxAttemptsOf(policy);
    return beginCall((context) => this.#within(policy, context), {
      signal: this.#signal,
      call: this.#call,
    });
  }

  #within(policy: SdkPolicy, context: CallContext): Promise<unknown> {
    if (policy.executeWithin !== undefined) return policy.executeWithin(context, (inner) => this.#attempt(inner));
    return policy.execute((inner) => this.#attempt(inner), this.#signal);
  }

  async #attempt(context: AttemptContext): Promise<SdkOutput> {
    if (this.#onlyAttempt !== undefined && this.#log.attempts > 0) throw this.#sentAlready();
    try {
      return await this.#send(context);
    } catch (error) {
      if (this.#mayRenew(error) && (await this.#renewCredentials())) return await this.#send(context);
      throw error;
    }
  }

  async #send(context: AttemptContext): Promise<SdkOutput> {
    this.#log.start();
    try {
      const result = await this.#next(this.#argumentsFor(context));
      this.#keep(result);
      return result.output;
    } catch (error) {
      this.#failures.add(error);
      this.#endStream(error);
      throw error;
    } finally {
      this.#log.end();
    }
  }

  // Each attempt has a request of its own: a hedge may run beside it, and the user's middleware may change it.
  #argumentsFor(context: AttemptContext): SdkArguments {
    const { request } = this.#args;
    if (!isSdkRequest(request)) return this.#args;
    const max = this.#maxAttempts === undefined ? "" : `; max=${this.#maxAttempts}`;
    const headers = { ...request.headers, "amz-sdk-request": `attempt=${this.#log.attempts}${max}` };
    const own = Object.assign(Object.create(Object.getPrototypeOf(request)), request, { headers });
    const args = { ...this.#args, request: own };
    return context.abortable === false ? args : withAttemptSignal(args, context.signal);
  }

  #mayRenew(error: unknown): boolean {
    return (
      !this.#renewed &&
      this.#onlyAttempt === undefined &&
      this.#signal?.aborted !== true &&
      this.#kit.classify(error, this.#call).retry === "after-refresh"
    );
  }

  #renewCredentials(): Promise<boolean> {
    this.#renewed = true;
    return renewCredentials(this.#context.__smithy_context?.selectedHttpAuthScheme);
  }

  /** Why a stream is not sent again: what its one attempt came to, if that was a failure. */
  #sentAlready(): unknown {
    for (const failure of this.#failures) return failure;
    return new Error(
      `${this.#call.operation} carries a stream, which can be sent once; give its bytes to have it sent again`,
    );
  }

  // The policy has a turn of the event loop to see the failure (a breaker counts it, a retry gives up);
  // whatever it still waits for then would be an attempt that cannot be made.
  #endStream(error: unknown): void {
    const controller = this.#onlyAttempt;
    if (controller !== undefined) setImmediate(() => controller.abort(error));
  }

  #keep(result: SdkResult): void {
    if (this.#settled) discardStreams(result.output);
    else this.#results.push(result);
  }

  #resultOf(output: unknown): SdkResult {
    let chosen: SdkResult | undefined;
    for (const result of this.#results) {
      if (result.output === output) chosen = result;
      else discardStreams(result.output);
    }
    this.#log.writeTo(output);
    // Not an answer of the service: the policy fell back on a value of its own.
    return chosen ?? { response: undefined, output: output as SdkOutput };
  }

  async #pauseLongPoll(error: unknown): Promise<void> {
    if (this.#context.__retryLongPoll !== true || this.#signal?.aborted === true) return;
    const { classify, clock, random } = this.#kit;
    const delayMs = longPollPauseMs(error, classify(error, this.#call), this.#log.attempts, random);
    if (delayMs > 0) await pause(delayMs, clock, this.#signal);
  }
}
