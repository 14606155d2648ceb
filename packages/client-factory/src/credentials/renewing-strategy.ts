import { classify } from "@holdfast/errors";
import type { SharedCredentials } from "./shared-credentials.ts";

/** A retry strategy of the SDK ("V2"), structurally. */
interface RetryStrategy {
  readonly mode?: string;
  acquireInitialRetryToken(scope: string): Promise<RetryToken>;
  refreshRetryTokenForRetry(token: RetryToken, failure: RetryFailure): Promise<RetryToken>;
  recordSuccess(token: RetryToken): void;
}

interface RetryToken {
  getRetryCount(): number;
  getRetryDelay(): number;
  readonly $retryLog?: { readonly acquisitionDelay: number };
}

interface RetryFailure {
  readonly error: unknown;
}

interface WithStrategy {
  retryStrategy?: unknown;
}

/**
 * For clients without a policy: lets the strategy that they retry by repeat a request once, at once, when AWS calls
 * its credentials expired, after they are renewed. The SDK's signer reads the provider at each attempt. A
 * middleware could do it too, and would cost every request what this costs a failure.
 */
export function renewExpired(config: WithStrategy, credentials: SharedCredentials): void {
  const { retryStrategy } = config;
  if (typeof retryStrategy !== "function") return;
  let renewing: Promise<unknown> | undefined;
  config.retryStrategy = () => {
    renewing ??= Promise.resolve(retryStrategy()).then((strategy: unknown) => {
      return isStrategy(strategy) ? new RenewingStrategy(strategy, credentials) : strategy;
    });
    return renewing;
  };
}

class RenewingStrategy implements RetryStrategy {
  readonly #inner: RetryStrategy;
  readonly #credentials: SharedCredentials;

  constructor(inner: RetryStrategy, credentials: SharedCredentials) {
    this.#inner = inner;
    this.#credentials = credentials;
  }

  get mode(): string {
    return this.#inner.mode ?? "";
  }

  async acquireInitialRetryToken(scope: string): Promise<RetryToken> {
    const token = await this.#inner.acquireInitialRetryToken(scope);
    return new RenewableToken(token, this.#credentials.refreshes, "not yet");
  }

  async refreshRetryTokenForRetry(token: RenewableToken, failure: RetryFailure): Promise<RetryToken> {
    const { inner, refreshes } = token;
    if (
      token.renewal === "not yet" &&
      classify(failure.error).retry === "after-refresh" &&
      (await this.#renew(refreshes))
    ) {
      return new RenewableToken(inner, refreshes, "now");
    }
    const renewal = token.renewal === "not yet" ? "not yet" : "before";
    return new RenewableToken(await this.#inner.refreshRetryTokenForRetry(inner, failure), refreshes, renewal);
  }

  recordSuccess(token: RenewableToken): void {
    this.#inner.recordSuccess(token.inner);
  }

  /** Whether there are others than those the call began with. */
  async #renew(refreshes: number): Promise<boolean> {
    if (this.#credentials.refreshes !== refreshes) return true;
    const refused = await this.#credentials.get();
    const current = await this.#credentials.get({ forceRefresh: true });
    return current.accessKeyId !== refused.accessKeyId || current.sessionToken !== refused.sessionToken;
  }
}

/** Whether the call has renewed its credentials, and whether that is why it makes this attempt. */
type Renewal = "not yet" | "now" | "before";

/** The strategy's own token, which knows nothing of the attempt that renewal has added. */
class RenewableToken implements RetryToken {
  readonly inner: RetryToken;
  /** How often the credentials had been fetched when the call began. */
  readonly refreshes: number;
  readonly renewal: Renewal;

  constructor(inner: RetryToken, refreshes: number, renewal: Renewal) {
    this.inner = inner;
    this.refreshes = refreshes;
    this.renewal = renewal;
  }

  get $retryLog(): { readonly acquisitionDelay: number } {
    return (this.renewal === "now" ? undefined : this.inner.$retryLog) ?? { acquisitionDelay: 0 };
  }

  getRetryCount(): number {
    return this.inner.getRetryCount() + (this.renewal === "not yet" ? 0 : 1);
  }

  getRetryDelay(): number {
    return this.renewal === "now" ? 0 : this.inner.getRetryDelay();
  }
}

function isStrategy(value: unknown): value is RetryStrategy {
  return typeof (value as Partial<RetryStrategy> | undefined)?.acquireInitialRetryToken === "function";
}
