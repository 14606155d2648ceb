import { classify } from "@holdfast/errors";
import { type Clock, longestDelayMs, type Timer } from "@holdfast/errors/policy";
import type { CredentialProvider, CredentialRequest, Credentials } from "./credentials.ts";
import { advisoryWindowMs, mandatoryWindowMs } from "./refresh-window.ts";

export interface RefreshEvent {
  /** Whose credentials, in words, e.g. `role arn:aws:iam::210987654321:role/Replicator`. */
  readonly identity: string;
  readonly durationMs: number;
  /** Milliseconds since the epoch; `undefined` for fixed keys. */
  readonly expiresAt: number | undefined;
}

export interface RefreshFailureEvent {
  readonly identity: string;
  readonly durationMs: number;
  /** How long the credentials at hand remain valid, in milliseconds; 0 if there are none. */
  readonly validForMs: number;
  readonly error: unknown;
}

export interface SharedCredentialsOptions {
  readonly identity: string;
  readonly fetch: CredentialProvider;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onRefresh: (event: RefreshEvent) => void;
  readonly onRefreshFailure: (event: RefreshFailureEvent) => void;
}

const firstHoldMs = 1_000;
const longestHoldMs = 60_000;
const disbeliefMs = 300_000;

/**
 * One set of credentials for every client that uses it: fetched once however many ask, renewed in the
 * background before its end, and served while still valid when its source is down.
 */
export class SharedCredentials {
  /** For the SDK: marked, so that a client does not put a cache of its own around it. */
  readonly provider: CredentialProvider & { memoized: true };
  readonly #options: SharedCredentialsOptions;
  #current: Credentials | undefined;
  #fetching: Promise<Credentials> | undefined;
  /** Whether the fetch under way asks the source for new ones, whatever it remembers. */
  #forced = false;
  #refreshAt = Number.POSITIVE_INFINITY;
  /** By this machine's clock; there are none before the first fetch. */
  #endsAt = Number.NEGATIVE_INFINITY;
  /** After a failure: no attempt in the background before this moment. */
  #heldUntil = 0;
  #failures = 0;
  #refreshes = 0;
  #usedSinceRefresh = false;
  #timer: Timer;

  constructor(options: SharedCredentialsOptions) {
    this.#options = options;
    this.provider = Object.assign((request?: CredentialRequest) => this.get(request), { memoized: true } as const);
  }

  get identity(): string {
    return this.#options.identity;
  }

  /** How often they were fetched. */
  get refreshes(): number {
    return this.#refreshes;
  }

  /** Milliseconds since the epoch; `undefined` before the first fetch and for fixed keys. */
  get expiresAt(): number | undefined {
    return this.#current?.expiration?.getTime();
  }

  async get({ forceRefresh = false }: CredentialRequest = {}): Promise<Credentials> {
    const current = this.#current;
    if (current === undefined || forceRefresh) return this.#fetch(forceRefresh);
    this.#usedSinceRefresh = true;
    const now = this.#options.clock.now();
    if (now < this.#refreshAt) return current;
    const leftMs = this.#leftMs(now);
    if (leftMs > mandatoryWindowMs) {
      this.#refreshInBackground(now);
      return current;
    }
    return leftMs > 0 ? this.#fetchOrKeep(current, now) : this.#fetch(false);
  }

  /** Stops the renewal in the background. */
  close(): void {
    this.#options.clock.clearTimeout(this.#timer);
  }

  async #fetchOrKeep(current: Credentials, now: number): Promise<Credentials> {
    if (now < this.#heldUntil) return current;
    try {
      return await this.#fetch(false);
    } catch (error) {
      // What will not pass is no outage: keeping quiet would only move the failure to the last minute.
      if (this.#leftMs(this.#options.clock.now()) > 0 && classify(error).retry !== "never") return current;
      throw error;
    }
  }

  #refreshInBackground(now: number): void {
    if (now >= this.#heldUntil) this.#fetch(false).catch(() => {}); // told by the event
  }

  #fetch(force: boolean): Promise<Credentials> {
    const fetching = this.#fetching;
    if (fetching === undefined) return this.#startFetch(force);
    if (!force || this.#forced) return fetching;
    // What is on its way may be what the source remembers: whoever was refused needs what comes after it.
    const afterwards = () => this.#fetch(true);
    return fetching.then(afterwards, afterwards);
  }

  #startFetch(force: boolean): Promise<Credentials> {
    // A source that remembers, as the SDK's chain does, would give back what is to be replaced.
    this.#forced = force || this.#current !== undefined;
    this.#fetching = this.#fetchNow(this.#forced).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetchNow(force: boolean): Promise<Credentials> {
    const { identity, fetch, clock, onRefresh, onRefreshFailure } = this.#options;
    const started = clock.monotonic();
    try {
      const fresh = await fetch(force ? { forceRefresh: true } : undefined);
      this.#accept(fresh);
      onRefresh({ identity, durationMs: clock.monotonic() - started, expiresAt: this.expiresAt });
      return fresh;
    } catch (error) {
      this.#holdBack();
      const validForMs = Math.max(0, this.#leftMs(clock.now()));
      onRefreshFailure({ identity, durationMs: clock.monotonic() - started, validForMs, error });
      throw error;
    }
  }

  #accept(fresh: Credentials): void {
    const { clock, random } = this.#options;
    this.#current = fresh;
    this.#refreshes += 1;
    this.#failures = 0;
    this.#heldUntil = 0;
    this.#usedSinceRefresh = false;
    clock.clearTimeout(this.#timer);
    this.#endsAt = Number.POSITIVE_INFINITY;
    this.#refreshAt = Number.POSITIVE_INFINITY;
    if (fresh.expiration === undefined) return;
    const now = clock.now();
    const statedMs = fresh.expiration.getTime() - now;
    // Over before they came: this machine's clock is ahead. AWS knows better, and says so if they are.
    const lifetimeMs = statedMs > 0 ? statedMs : disbeliefMs;
    const windowMs = Math.min(advisoryWindowMs(lifetimeMs), lifetimeMs / 2);
    this.#endsAt = now + lifetimeMs;
    // Spread over the first fifth of the window, so that a fleet started at once does not renew at once.
    this.#refreshAt = this.#endsAt - windowMs + random() * (windowMs / 5);
    this.#schedule();
  }

  // A renewal ahead of the next call, so that it need not wait; only for credentials that are in use.
  #schedule(): void {
    const { clock } = this.#options;
    const delayMs = Math.min(longestDelayMs, Math.max(0, this.#refreshAt - clock.now()));
    this.#timer = clock.setTimeout(() => {
      if (clock.now() < this.#refreshAt) this.#schedule();
      else if (this.#usedSinceRefresh) this.#refreshInBackground(clock.now());
    }, delayMs);
    (this.#timer as { unref?: () => void } | undefined)?.unref?.();
  }

  #holdBack(): void {
    const { clock, random } = this.#options;
    const longest = Math.min(longestHoldMs, firstHoldMs * 2 ** this.#failures);
    this.#failures += 1;
    this.#heldUntil = clock.now() + longest * (0.5 + random() / 2);
  }

  #leftMs(now: number): number {
    return this.#endsAt - now;
  }
}
