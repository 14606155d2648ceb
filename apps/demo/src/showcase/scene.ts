import type { Replicator } from "../replication/open-replicator.ts";
import type { Stage } from "./stage.ts";

/** What one scene of the showcase did. */
export interface SceneFigures {
  readonly scene: string;
  /** Whether it ended as it had to: nothing failed, or all undone and the state proven equal. */
  readonly asItShould: boolean;
  /** Requests that reached the endpoint. */
  readonly calls: number;
  readonly retries: number;
  readonly throttled: number;
  /** Pauses before retries and time in queues, added up over all calls, in milliseconds. */
  readonly waitedMs: number;
  readonly undone: number;
  /** CloudWatch data sent. */
  readonly metricData: number;
  readonly seconds: number;
}

export type Scene = (stage: Stage) => Promise<SceneFigures>;

/** Plays a scene with one replicator of its own, and adds up what it did. */
export async function playScene(
  { world, open }: Stage,
  scene: string,
  act: (replicator: Replicator) => Promise<boolean>,
  onEvent?: Parameters<Stage["open"]>[1],
): Promise<SceneFigures> {
  const started = performance.now();
  const callsBefore = world.aws.totalCalls;
  const replicator = await open(`${scene}.journal`, onEvent);
  let asItShould = false;
  try {
    asItShould = await act(replicator);
  } finally {
    await replicator.close();
  }
  const { retries, throttled, waitedMs, undone } = replicator.figures;
  return {
    scene,
    asItShould,
    calls: world.aws.totalCalls - callsBefore,
    retries,
    throttled,
    waitedMs,
    undone,
    metricData: replicator.metricDataSent(),
    seconds: (performance.now() - started) / 1_000,
  };
}
