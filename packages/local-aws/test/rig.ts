import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { IAMClient } from "@aws-sdk/client-iam";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { STSClient } from "@aws-sdk/client-sts";
import {
  type Clock,
  type Credentials,
  type LocalAws,
  type LocalAwsOptions,
  type Place,
  startLocalAws,
} from "../src/index.ts";

/** An endpoint with real clients, none of which retries unless told to. */
export interface Rig extends AsyncDisposable {
  readonly local: LocalAws;
  readonly clock: TestClock;
  secretsManager(place?: ClientPlace): SecretsManagerClient;
  sts(place?: ClientPlace): STSClient;
  cloudWatch(place?: ClientPlace): CloudWatchClient;
  iam(place?: ClientPlace): IAMClient;
}

export interface ClientPlace extends Place {
  readonly maxAttempts?: number;
  readonly credentials?: Credentials;
}

/** A clock that stands still until told to move. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export async function rig(options: LocalAwsOptions = {}): Promise<Rig> {
  const clock = testClock();
  const local = await startLocalAws({ clock, ...options });
  const clients: { destroy(): void }[] = [];
  const configOf = ({ account, region, maxAttempts = 1, credentials }: ClientPlace = {}) => ({
    ...local.clientConfig({ account, region }),
    maxAttempts,
    ...(credentials === undefined ? {} : { credentials }),
  });
  const keep = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  return {
    local,
    clock,
    secretsManager: (place) => keep(new SecretsManagerClient(configOf(place))),
    sts: (place) => keep(new STSClient(configOf(place))),
    cloudWatch: (place) => keep(new CloudWatchClient(configOf(place))),
    iam: (place) => keep(new IAMClient(configOf(place))),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await local.close();
    },
  };
}

/** What the SDK throws, as far as these tests look at it. */
export interface Failure extends Error {
  readonly code?: string;
  readonly Code?: string;
  readonly Type?: string;
  readonly $fault?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly attempts?: number; readonly requestId?: string };
  readonly $response?: { readonly headers: Readonly<Record<string, string>> };
}

/** The error that `promise` rejects with. Throws when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    return error as Failure;
  }
  throw new Error("Expected a rejection");
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

// Starts at the system's time, so that sessions opened by it are not expired for SDK clients.
function testClock(): TestClock {
  const start = Date.now();
  const timers = new Set<Timer>();
  let elapsed = 0;
  return {
    now: () => start + elapsed,
    monotonic: () => elapsed,
    setTimeout(callback, delayMs) {
      const timer = { at: elapsed + delayMs, callback };
      timers.add(timer);
      return timer;
    },
    clearTimeout(timer) {
      timers.delete(timer as Timer);
    },
    advance(ms) {
      elapsed += ms;
      for (const timer of timers) {
        if (timer.at > elapsed) continue;
        timers.delete(timer);
        timer.callback();
      }
    },
  };
}
