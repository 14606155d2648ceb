import { type EventHandler, openEventHandler } from "./events/handle-event.ts";
import type { EventReport } from "./events/replicate-event.ts";
import { logEvents } from "./reporting/log-events.ts";
import { readEnvironment } from "./settings/environment.ts";

/** What of an AWS Lambda context is used. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

let opened: Promise<EventHandler> | undefined;

/**
 * The replicator as an AWS Lambda function. Its settings are the environment's, read once.
 *
 * Rejects where a destination failed and no dead-letter queue took it, so that Lambda invokes it again and its own
 * dead-letter queue gets the event in the end. A third of the time, at most ten seconds, is kept for an undo.
 */
export async function handler(event: unknown, context?: InvocationContext): Promise<EventReport> {
  const log = logEvents(readEnvironment(process.env).logLevel, console);
  opened ??= open(log.onEvent);
  try {
    const { handle } = await opened;
    const remainingMs = context?.getRemainingTimeInMillis() ?? 900_000;
    const report = await handle(event, AbortSignal.timeout(remainingMs - Math.min(10_000, remainingMs / 3)));
    log.report(report);
    return report;
  } catch (error) {
    log.failure(error);
    throw error;
  }
}

async function open(onEvent: Parameters<typeof openEventHandler>[0]["onEvent"]): Promise<EventHandler> {
  try {
    return await openEventHandler({
      environment: readEnvironment(process.env),
      region: process.env.AWS_REGION || undefined,
      stepDeadlineMs: 60_000,
      settleMarginMs: 2_000,
      onEvent,
    });
  } catch (error) {
    opened = undefined; // the next invocation tries again
    throw error;
  }
}
