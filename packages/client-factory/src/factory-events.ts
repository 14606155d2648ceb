import { Emitter, type Event } from "@holdfast/errors/policy";
import type { RefreshEvent, RefreshFailureEvent } from "./credentials/shared-credentials.ts";
import type { TierName } from "./tiers/tier.ts";

export interface ClientEvent {
  /** The client's class, e.g. `SecretsManagerClient`. */
  readonly client: string;
  /** E.g. `SecretsManager`. */
  readonly service: string;
  readonly region: string | undefined;
  readonly accountId: string | undefined;
  readonly tier: TierName;
}

/** What a factory tells of itself and of the factories made from it. */
export interface FactoryEvents {
  /** A client was made: what was asked for was not there yet. */
  readonly onClient: Event<ClientEvent>;
  /** Credentials were fetched. */
  readonly onRefresh: Event<RefreshEvent>;
  /** Credentials could not be fetched; those at hand are used while they are valid. */
  readonly onRefreshFailure: Event<RefreshFailureEvent>;
}

export class FactoryEmitters {
  readonly client: Emitter<ClientEvent> = new Emitter();
  readonly refresh: Emitter<RefreshEvent> = new Emitter();
  readonly refreshFailure: Emitter<RefreshFailureEvent> = new Emitter();
}
