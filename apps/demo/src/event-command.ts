import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { CommandContext } from "./command-context.ts";
import type { EventSettings } from "./command-line.ts";
import { EventFailedError, openEventHandler } from "./events/handle-event.ts";
import type { EventReport } from "./events/replicate-event.ts";
import { exitCodes } from "./exit-codes.ts";
import { showEvents } from "./screen/show-events.ts";
import { readEnvironment } from "./settings/environment.ts";
import { JsonTextError, readJsonText } from "./transforms/json-text.ts";
import { UsageExit } from "./usage-exit.ts";

/** `replicate event`: brings what an event names to every destination, each by itself. @returns the exit code. */
export async function eventCommand(settings: EventSettings, context: CommandContext): Promise<number> {
  const event = await readEventFile(settings.file);
  const environment = readEnvironment(process.env);
  const handler = await openEventHandler({
    ...settings,
    environment: { ...environment, journal: environment.journal ?? settings.journal },
    onEvent: showEvents(context.screen, { namesRegion: true }),
  });
  try {
    return show(await handle(handler, event, context), context);
  } finally {
    await handler.close();
  }
}

async function handle(
  handler: Awaited<ReturnType<typeof openEventHandler>>,
  event: unknown,
  { signal }: CommandContext,
): Promise<EventReport> {
  try {
    return await handler.handle(event, signal);
  } catch (error) {
    if (error instanceof EventFailedError && error.cause === undefined) return error.report;
    throw error;
  }
}

function show({ outcome, reason, destinations }: EventReport, { screen, signal }: CommandContext): number {
  if (outcome === "ignored") screen.line(`nothing to do: ${reason}`, "dim");
  for (const one of destinations) {
    const place = one.roleArn === undefined ? one.region : `${one.region} (${one.roleArn})`;
    const what = one.outcome === "replicated" ? one.secrets.join(", ") : one.reason;
    screen.line(`${place}: ${one.outcome}: ${what}`, moods[one.outcome]);
    screen.fact("destination", { ...one });
  }
  screen.fact("report", { outcome, reason });
  if (destinations.some((one) => one.outcome === "parked")) return exitCodes.notRolledBack;
  if (signal.aborted) return exitCodes.interrupted;
  if (outcome === "partial") return exitCodes.partial;
  if (outcome !== "failed") return exitCodes.ok;
  return destinations.some((one) => one.outcome === "rolled-back") ? exitCodes.rolledBack : exitCodes.error;
}

const moods = {
  replicated: "good",
  skipped: "dim",
  failed: "bad",
  "rolled-back": "bad",
  parked: "bad",
} as const;

async function readEventFile(path: string): Promise<unknown> {
  try {
    const given = path === "-" ? await text(process.stdin) : await readFile(path, "utf8");
    readJsonText(given);
    return JSON.parse(given) as unknown;
  } catch (error) {
    if (error instanceof JsonTextError || (error as NodeJS.ErrnoException).syscall !== undefined) {
      throw new UsageExit(`error: ${path}: ${(error as Error).message}\n`, exitCodes.usage, { cause: error });
    }
    throw error;
  }
}
