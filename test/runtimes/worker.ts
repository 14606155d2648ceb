import { scenario } from "./scenario.ts";

// One test a scenario, so that `workerd test` names what fails.
export default {
  async test(): Promise<void> {
    for (const [name, check] of Object.entries(scenario)) {
      try {
        await check();
      } catch (error) {
        throw new Error(`Failed to ${name}: ${(error as Error).stack}`);
      }
    }
  },
};
