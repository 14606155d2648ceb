import { type Clock, systemClock } from "../clock.ts";
import { errorName } from "../error-name.ts";
import type { Instruments } from "../instruments.ts";
import { assertKnownOptions } from "../options.ts";
import type { MetricsRecorder } from "./metrics-recorder.ts";
import type { sdkMetrics } from "./sdk-metrics.ts";

type SdkInstruments = Instruments<typeof sdkMetrics>;

export interface SdkMetricsPluginOptions {
  /** Metrics whose definitions include `sdkMetrics`. */
  readonly metrics: { readonly instruments: SdkInstruments };
  readonly clock?: Clock | undefined;
}

interface HandlerContext {
  readonly clientName?: string | undefined;
  readonly commandName?: string | undefined;
  readonly __smithy_context?: { readonly metricsRecorder?: MetricsRecorder | undefined };
}

interface Metadata {
  readonly attempts?: number | undefined;
  readonly totalRetryDelay?: number | undefined;
}

type Handler = (input: never) => Promise<{ readonly output?: { readonly $metadata?: Metadata } }>;

/** The part of an SDK client's middleware stack that is used. */
interface MiddlewareStack {
  add(middleware: (next: Handler, context: HandlerContext) => Handler, options: object): void;
}

/**
 * Measures every call of an AWS SDK client: `client.middlewareStack.use(sdkMetricsPlugin({ metrics }))`. A recorder given to a single call,
 * `client.send(command, { metricsRecorder })`, is told its outcome, attempts and pauses too.
 */
export function sdkMetricsPlugin(options: SdkMetricsPluginOptions): { applyToStack(stack: MiddlewareStack): void } {
  assertKnownOptions("sdkMetricsPlugin()", options, { metrics: 0, clock: 0 });
  const { metrics, clock = systemClock } = options;
  const measure = (next: Handler, context: HandlerContext): Handler => {
    const { clientName: client, commandName } = context;
    const call = { client, operation: commandName?.replace(/Command$/, "") };
    const recorder = context.__smithy_context?.metricsRecorder;
    const finish = (startedAt: number, outcome: "success" | "failure", metadata: Metadata | undefined) => {
      record(metrics.instruments, call, outcome, clock.monotonic() - startedAt, metadata);
      tell(recorder, call.operation, outcome, clock.monotonic() - startedAt, metadata);
    };
    return async (input) => {
      const startedAt = clock.monotonic();
      try {
        const result = await next(input);
        finish(startedAt, "success", result.output?.$metadata);
        return result;
      } catch (error) {
        finish(startedAt, "failure", (error as { readonly $metadata?: Metadata } | null | undefined)?.$metadata);
        metrics.instruments.sdkCallErrors.add(1, { ...call, error: errorName(error) });
        throw error;
      }
    };
  };
  return {
    applyToStack(stack) {
      stack.add(measure, { step: "initialize", priority: "high", name: "holdfastMetrics", override: true });
    },
  };
}

type Call = { readonly client: string | undefined; readonly operation: string | undefined };

function record(
  { sdkCallDuration, sdkCallAttempts, sdkRetryDelay }: SdkInstruments,
  call: Call,
  outcome: string,
  durationMs: number,
  { attempts, totalRetryDelay }: Metadata = {},
): void {
  sdkCallDuration.record(durationMs, { ...call, outcome });
  if (attempts !== undefined) sdkCallAttempts.record(attempts, call);
  if (totalRetryDelay !== undefined && totalRetryDelay > 0) sdkRetryDelay.record(totalRetryDelay, call);
}

/** Tells a recorder that someone else made, and survives it. */
function tell(
  recorder: MetricsRecorder | undefined,
  operation: string | undefined,
  outcome: "success" | "failure",
  durationMs: number,
  { attempts, totalRetryDelay }: Metadata = {},
): void {
  if (recorder === undefined) return;
  try {
    recorder.setProperty("operation", operation);
    recorder.recordRequestOutcome(outcome === "success" ? "Success" : "Fault", durationMs);
    if (attempts !== undefined) recorder.addCount("attempts", attempts);
    if (totalRetryDelay !== undefined) recorder.addTime("retryDelay", totalRetryDelay);
  } catch {
    // a recorder cannot break the call it records
  }
}
