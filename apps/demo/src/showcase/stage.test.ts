import { afterEach, expect, test, vi } from "vitest";
import { openScreen } from "../screen/screen.ts";
import { openStage, type Stage } from "./stage.ts";

// As if somebody had given the showcase's world the address of AWS itself.
vi.mock("./world.ts", async (original) => {
  const real = await original<typeof import("./world.ts")>();
  return {
    async openWorld(options: Parameters<typeof real.openWorld>[0]) {
      const world = await real.openWorld(options);
      return { ...world, caller: { ...world.caller, endpoint: "https://secretsmanager.us-east-1.amazonaws.com" } };
    },
  };
});

let stage: Stage;
afterEach(() => stage.close());

test("whatever the world says, no client of the showcase reaches AWS", async () => {
  const screen = openScreen({ output: { write: () => {} }, json: true, env: {} });
  const { signal } = new AbortController();
  stage = await openStage({ screen, signal, secrets: 1, stepDeadlineMs: 60_000, valueFor: () => "value" });
  const replicator = await stage.open("stray.journal");
  try {
    await expect(stage.run(replicator)).rejects.toMatchObject({ code: "ERR_NOT_LOCAL" });
  } finally {
    await replicator.close();
  }
});
