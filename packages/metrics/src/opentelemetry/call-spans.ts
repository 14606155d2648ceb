import { AsyncLocalStorage } from "node:async_hooks";
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { type Clock, systemClock } from "../clock.ts";
import { errorName } from "../error-name.ts";
import { assertKnownOptions, assertOption } from "../options.ts";

export interface CallSpansOptions {
  /** From `trace.getTracer(name)` of `@opentelemetry/api`; its provider decides where spans go. */
  readonly tracer: Pick<Tracer, "startSpan">;
  /** Names the spans of calls whose operation is not known. Default `call`. */
  readonly name?: string | undefined;
  /** Says in a word why a call failed, e.g. `(error) => classify(error).kind`. Default: the error's code or name. Never its message. */
  readonly reason?: ((error: unknown) => string) | undefined;
  /** Measures the waits. Default: the system's. */
  readonly clock?: Pick<Clock, "monotonic"> | undefined;
}

/** What is known of a call where a policy runs inside an SDK client. */
interface CallFacts {
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
  readonly region?: string | undefined;
}

interface SpanContext {
  readonly signal: AbortSignal;
  readonly call?: CallFacts | undefined;
}

interface Disposable {
  dispose(): void;
}

type NeverEvent = (listener: (data: never) => void) => Disposable;

/** A policy of cockatiel's shape that changes nothing. */
export interface SpanPolicy {
  readonly _altReturn: never;
  readonly kind: "spans";
  readonly onSuccess: NeverEvent;
  readonly onFailure: NeverEvent;
  execute<T>(run: (context: { signal: AbortSignal }) => PromiseLike<T> | T, signal?: AbortSignal): Promise<T>;
  executeWithin<T, Context extends SpanContext>(
    context: Context,
    next: (context: Context) => PromiseLike<T> | T,
  ): Promise<T>;
}

export interface CallSpans {
  /** Outermost: one span for each call. */
  readonly call: SpanPolicy;
  /** Innermost, inside the retry: one span for each attempt, a child of its call's. */
  readonly attempt: SpanPolicy;
}

/** One call under way. */
interface CallState {
  readonly span: Span;
  attempts: number;
  /** When the last attempt failed, in milliseconds of the monotonic clock, and why. */
  failedAt: number | undefined;
  failure: string | undefined;
}

/**
 * Two policies that trace: `compose(spans.call, retry(), …, spans.attempt)`. Each attempt after the first says how long the call had
 * waited for it (`retry.wait_ms`) and because of what (`retry.wait_reason`), so that a tracer shows retries.
 *
 * @throws OptionError without a tracer, or on an option that it does not have.
 */
export function callSpans(options: CallSpansOptions): CallSpans {
  assertKnownOptions("callSpans()", options, { tracer: 0, name: 0, reason: 0, clock: 0 });
  const { tracer, name = "call", reason = errorName, clock = systemClock } = options;
  assertOption(typeof tracer?.startSpan === "function", "tracer", "an OpenTelemetry tracer", tracer);
  const calls = new AsyncLocalStorage<CallState>();

  const call = spanPolicy((facts, run) => {
    const span = tracer.startSpan(spanName(facts, name), { kind: SpanKind.INTERNAL, attributes: rpcAttributes(facts) });
    const state: CallState = { span, attempts: 0, failedAt: undefined, failure: undefined };
    const inside = trace.setSpan(context.active(), span);
    return settled(span, reason, () => calls.run(state, () => context.with(inside, run))).finally(() => {
      span.setAttribute("retry.attempts", state.attempts);
      span.end();
    });
  });

  const attempt = spanPolicy((facts, run) => {
    const state = calls.getStore();
    const outer = state === undefined ? context.active() : trace.setSpan(context.active(), state.span);
    const attributes = { ...rpcAttributes(facts), ...waitAttributes(state, clock) };
    const span = tracer.startSpan(`${spanName(facts, name)} attempt`, { kind: SpanKind.CLIENT, attributes }, outer);
    return settled(
      span,
      reason,
      () => context.with(trace.setSpan(outer, span), run),
      (failure) => {
        if (state === undefined) return;
        state.failedAt = clock.monotonic();
        state.failure = failure;
      },
    ).finally(() => span.end());
  });

  return { call, attempt };
}

/** Runs something and writes on the span how it ended; the caller ends the span. */
async function settled<T>(
  span: Span,
  reason: (error: unknown) => string,
  run: () => PromiseLike<T> | T,
  failed?: (failure: string) => void,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const failure = reason(error);
    span.setAttribute("error.type", failure);
    span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
    failed?.(failure);
    throw error;
  }
}

/** Which attempt this is, and what it waited for. */
function waitAttributes(state: CallState | undefined, clock: Pick<Clock, "monotonic">): Attributes {
  if (state === undefined) return {};
  state.attempts++;
  const attempt = { "retry.attempt": state.attempts };
  if (state.failedAt === undefined || state.failure === undefined) return attempt;
  const waitMs = clock.monotonic() - state.failedAt;
  return { ...attempt, "retry.wait_ms": waitMs, "retry.wait_reason": state.failure };
}

function spanName({ service, operation }: CallFacts, name: string): string {
  if (operation === undefined) return name;
  return service === undefined ? operation : `${service}/${operation}`;
}

function rpcAttributes({ service, operation, region }: CallFacts): Attributes {
  return {
    ...(service === undefined ? {} : { "rpc.system": "aws-api", "rpc.service": service }),
    ...(operation === undefined ? {} : { "rpc.method": operation }),
    ...(region === undefined ? {} : { "cloud.region": region }),
  };
}

function spanPolicy(around: <T>(facts: CallFacts, run: () => PromiseLike<T> | T) => Promise<T>): SpanPolicy {
  const never: NeverEvent = () => ({ dispose() {} });
  return {
    _altReturn: undefined as never,
    kind: "spans",
    onSuccess: never,
    onFailure: never,
    execute: (run, signal = new AbortController().signal) => around({}, () => run({ signal })),
    executeWithin: (within, next) => around(within.call ?? {}, () => next(within)),
  };
}
