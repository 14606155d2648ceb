import { playScene, type Scene } from "./scene.ts";
import type { Stage } from "./stage.ts";

/** Replicates under throttling, through a regional outage of three seconds. Nothing fails. */
export const stormScene: Scene = async (stage) => {
  const { screen, world } = stage;
  screen.title(`(b) every value changed; ${world.to} throttles, and is down for 3 s`);
  await world.changeValues("second");
  const states = new Set<string>();
  const place = { account: world.destinationAccount, region: world.to };
  const faults = [
    outageAfter(stage, Math.floor(world.names.length / 4)),
    world.aws.faults.add({
      ...place,
      service: "secretsmanager",
      operation: "PutSecretValue",
      fault: "rate-limit",
      perSecond: 40,
      burst: 10,
    }),
  ];
  try {
    return await playScene(
      stage,
      "storm",
      async (replicator) => {
        const { outcome, secrets, failure } = await stage.run(replicator);
        const { throttled, retries } = replicator.figures;
        if (failure !== undefined) screen.line(`failed: ${failure.name}: ${(failure.error as Error).name}`, "bad");
        screen.line(
          `${secrets.updated} updated, ${secrets.failed} failed; throttled ${throttled} times, ${retries} retries`,
          "good",
        );
        const turned = ["open", "half-open", "closed"].every((state) => states.has(state));
        return outcome === "replicated" && secrets.updated === world.names.length && turned;
      },
      (event) => {
        if (event.type === "circuit") states.add(event.to);
      },
    );
  } finally {
    for (const fault of faults) fault.remove();
  }
};

/** Takes the destination's region down for three seconds once it has been asked for so many new values. */
function outageAfter({ world }: Stage, values: number): { remove(): void } {
  const place = { account: world.destinationAccount, region: world.to };
  let seen = 0;
  let outage: { remove(): void } | undefined;
  const count = world.aws.faults.add({
    ...place,
    operation: "PutSecretValue",
    fault: "latency",
    latencyMs: 0,
    when: () => {
      seen += 1;
      if (seen === values) outage = world.aws.faults.add({ ...place, lastsMs: 3_000, fault: "outage" });
      return false;
    },
  });
  return {
    remove() {
      count.remove();
      outage?.remove();
    },
  };
}
