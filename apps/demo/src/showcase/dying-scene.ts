import { differingSecrets, readRegionState } from "../replication/compare-states.ts";
import { playScene, type Scene } from "./scene.ts";

/** The destination's KMS key is disabled half-way: every change is undone, and the state proven equal to the one before. */
export const dyingScene: Scene = async (stage) => {
  const { screen, world } = stage;
  await Promise.all([world.changeValues("third"), world.changeSettings("third"), world.addSecrets(6)]);
  screen.title(`(c) changed again, 6 added; half-way, ${world.to} loses its KMS key`);
  const before = await readRegionState(world.destination, world.names);
  const fault = world.aws.faults.add({
    account: world.destinationAccount,
    region: world.to,
    operation: ["PutSecretValue", "CreateSecret"],
    skip: Math.floor(world.names.length / 2),
    fault: "error",
    status: 400,
    code: "EncryptionFailure",
    message: "Secrets Manager can't encrypt the protected secret text using the provided KMS key.",
  });
  try {
    return await playScene(stage, "dying", async (replicator) => {
      const { outcome, undone, parked } = await stage.run(replicator);
      const differing = differingSecrets(before, await readRegionState(world.destination, world.names));
      screen.line(`${undone} changes undone, ${parked.length} left to a person`, parked.length === 0 ? "good" : "bad");
      screen.line(
        `${before.size} secrets compared with before (values by label, versions, description, tags, key): ${differing.length} differ`,
        differing.length === 0 ? "good" : "bad",
      );
      return outcome === "rolled-back" && undone > 0 && differing.length === 0;
    });
  } finally {
    fault.remove();
  }
};
