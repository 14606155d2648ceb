import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  openReplicator,
  type ReplicationRequest,
  type Replicator,
  type ReplicatorEvent,
} from "../replication/open-replicator.ts";
import type { ReplicationReport } from "../replication/replicate.ts";
import type { Screen } from "../screen/screen.ts";
import { showEvents } from "../screen/show-events.ts";
import { parseSedScript } from "../transforms/sed-script.ts";
import { openWorld, type World, type WorldOptions } from "./world.ts";

/** What every scene plays on: the world, a folder for journals, the screen. */
export interface Stage {
  readonly world: World;
  readonly screen: Screen;
  readonly signal: AbortSignal;
  /** Holds the journals and the sed script; removed at the end. */
  readonly folder: string;
  readonly sedScript: string;
  readonly stepDeadlineMs: number;
  /** A replicator on this world; whoever opens it closes it. */
  open(journal: string, onEvent?: (event: ReplicatorEvent) => void): Promise<Replicator>;
  /** One run to the world's destination. */
  run(replicator: Replicator, request?: Partial<ReplicationRequest>): Promise<ReplicationReport>;
  close(): Promise<void>;
}

export interface StageOptions extends WorldOptions {
  /** How long one change of the process that is killed may take, in milliseconds; its recovery waits that long. */
  readonly stepDeadlineMs: number;
  readonly screen: Screen;
  readonly signal: AbortSignal;
}

const script = `# hosts of the source region become those of the destination
s/us-east-1\\.internal/eu-west-1.internal/g
`;

/** Sets the stage. Every client on it refuses, before a byte is sent, to reach anything but this machine. */
export async function openStage({ screen, signal, stepDeadlineMs, ...options }: StageOptions): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "holdfast-demo-"));
  const sedScript = join(folder, "regions.sed");
  await writeFile(sedScript, script);
  const world = await openWorld(options);
  const { endpoint, credentials } = world.caller;

  return {
    world,
    screen,
    signal,
    folder,
    sedScript,
    stepDeadlineMs,
    open(journal, onEvent = () => {}) {
      const show = showEvents(screen);
      return openReplicator({
        journal: join(folder, journal),
        stepDeadlineMs: 30_000,
        settleMarginMs: 300,
        profile: undefined,
        localOnly: true,
        endpoint,
        credentials,
        metrics: { namespace: "SecretsReplicator/demo", region: world.to },
        onEvent(event) {
          show(event);
          onEvent(event);
        },
      });
    },
    run: (replicator, request = {}) =>
      replicator.run({
        from: world.from,
        to: world.to,
        toRoleArn: world.roleArn,
        externalId: world.externalId,
        filter: ["app/*"],
        transform: parseSedScript(script),
        rename: (name) => name,
        kmsKeyId: undefined,
        concurrency: 16,
        signal,
        ...request,
      }),
    async close() {
      screen.done();
      await world.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
