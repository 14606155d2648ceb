import { timeout } from "@holdfast/retry";
import { scenario } from "./scenario.ts";

interface Environment {
  /** This worker, as another request of it. */
  readonly SELF: { fetch(url: string): Promise<Response> };
}

// Made outside all requests, as policies are. In Workers a timer ends with the request that set it.
const limit = timeout({ timeoutMs: 100 });

/** Answers `/quick` in time; whatever else is asked hangs until the policy gives it up. */
async function answer(request: Request): Promise<Response> {
  const isQuick = request.url.endsWith("/quick");
  const work = () => new Promise<string>((resolve) => isQuick && setTimeout(resolve, 20, "in time"));
  return new Response(await limit.execute(work).catch((error: { code: string }) => error.code));
}

async function requestsThatShareAPolicy({ SELF }: Environment): Promise<void> {
  const paths = ["quick", "hung", "quick", "hung"];
  const answers = await Promise.all(paths.map(async (path) => (await SELF.fetch(`http://self/${path}`)).text()));
  const later = await (await SELF.fetch("http://self/hung")).text();
  const expected = "in time,ERR_TIMEOUT,in time,ERR_TIMEOUT,ERR_TIMEOUT";
  if (`${answers},${later}` !== expected) throw new Error(`${answers},${later} instead of ${expected}`);
}

interface Worker {
  fetch(request: Request): Promise<Response>;
  test(controller: unknown, environment: Environment): Promise<void>;
}

// One test a scenario, so that `workerd test` names what fails.
const worker: Worker = {
  fetch: answer,
  async test(_controller, environment) {
    const checks = { ...scenario, "time out beside other requests": () => requestsThatShareAPolicy(environment) };
    for (const [name, check] of Object.entries(checks)) {
      try {
        await check();
      } catch (error) {
        throw new Error(`Failed to ${name}: ${(error as Error).stack}`);
      }
    }
  },
};

export default worker;
