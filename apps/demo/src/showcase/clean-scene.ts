import { playScene, type Scene } from "./scene.ts";

const writes = [
  "CreateSecret",
  "PutSecretValue",
  "UpdateSecret",
  "TagResource",
  "UntagResource",
  "UpdateSecretVersionStage",
];

/** Replicates everything across accounts, with a transform; then again, when nothing has to be written. */
export const cleanScene: Scene = (stage) => {
  const { screen, world } = stage;
  screen.title(
    `(a) ${world.names.length} secrets from ${world.from} to ${world.to} in account ${world.destinationAccount}, hosts rewritten`,
  );
  return playScene(stage, "clean", async (replicator) => {
    const first = await stage.run(replicator);
    screen.line(`${first.secrets.created} created`, "good");
    const writesOf = () =>
      world.aws.calls({ account: world.destinationAccount }).filter(({ operation }) => writes.includes(operation))
        .length;
    const before = writesOf();
    const second = await stage.run(replicator);
    const written = writesOf() - before;
    screen.line(
      `a second run: ${second.secrets.unchanged} unchanged, ${written} writes`,
      written === 0 ? "good" : "bad",
    );
    return (
      first.secrets.created === world.names.length && second.secrets.unchanged === world.names.length && written === 0
    );
  });
};
