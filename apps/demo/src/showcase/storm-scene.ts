import { playScene, type Scene } from "./scene.ts";

/** Replicates under throttling, through a regional outage of three seconds. Nothing fails. */
export const stormScene: Scene = async (stage) => {
  const { screen, world } = stage;
  screen.title(`(b) every value changed; ${world.to} throttles, and is down for 3 s`);
  await world.changeValues("second");
  const states = new Set<string>();
  const place = { account: world.destinationAccount, region: world.to };
  const faults = [
    world.aws.faults.add({ ...place, startsInMs: 400, lastsMs: 3_000, fault: "outage" }),
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
