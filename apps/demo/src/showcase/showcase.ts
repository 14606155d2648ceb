import type { Screen } from "../screen/screen.ts";
import { cleanScene } from "./clean-scene.ts";
import { dyingScene } from "./dying-scene.ts";
import { killedScene } from "./killed-scene.ts";
import { sampleValue } from "./sample-value.ts";
import type { SceneFigures } from "./scene.ts";
import { openStage, type StageOptions } from "./stage.ts";
import { stormScene } from "./storm-scene.ts";

export interface ShowcaseOptions extends Partial<Omit<StageOptions, "screen" | "signal">> {
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

/**
 * Shows the replicator against a local endpoint: a clean run, a storm, a destination that dies, a process that is
 * killed; then a table of what happened. Nothing leaves this machine.
 *
 * @returns whether every scene ended as it should.
 */
export async function showcase({
  screen,
  signal,
  secrets = 60,
  valueFor = sampleValue,
  stepDeadlineMs = 1_500,
}: ShowcaseOptions): Promise<boolean> {
  const started = performance.now();
  const stage = await openStage({ secrets, valueFor, stepDeadlineMs, screen, signal });
  const figures: SceneFigures[] = [];
  try {
    for (const scene of [cleanScene, stormScene, dyingScene, killedScene]) {
      signal.throwIfAborted();
      figures.push(await scene(stage));
    }
  } finally {
    await stage.close();
  }
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  screen.title(`What happened, in ${seconds} s`);
  screen.table("figures", [
    ["scene", "as it should", "calls", "retries", "throttled", "waited ms", "undone", "metric data", "seconds"],
    ...figures.map((one) => [
      one.scene,
      one.asItShould ? "yes" : "NO",
      one.calls,
      one.retries,
      one.throttled,
      Math.round(one.waitedMs),
      one.undone,
      one.metricData,
      Number(one.seconds.toFixed(1)),
    ]),
  ]);
  return figures.every(({ asItShould }) => asItShould);
}
