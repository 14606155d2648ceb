import { number } from "../protocol/members.ts";
import { ServiceError } from "../protocol/service-error.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { Operation } from "../server/service.ts";
import { keyState } from "./describe-key.ts";
import { type KeyStore, requireNotPendingDeletion } from "./key-store.ts";

const dayMs = 86_400_000;

export function enableKey(keys: KeyStore): Operation {
  return switchedTo(keys, true);
}

export function disableKey(keys: KeyStore): Operation {
  return switchedTo(keys, false);
}

/** The key can do nothing more, and is gone after 7 to 30 days. */
export function scheduleKeyDeletion(keys: KeyStore): Operation {
  return (input, call) => {
    const days = number(input, "PendingWindowInDays") ?? 30;
    if (!Number.isInteger(days) || days < 7 || days > 30) {
      throw new ServiceError(
        "ValidationException",
        "1 validation error detected: Value at 'pendingWindowInDays' failed to satisfy constraint: Member must be between 7 and 30",
      );
    }
    const key = keys.find(input, call);
    requireNotPendingDeletion(key);
    key.deletionAt = call.now + days * dayMs;
    const DeletionDate = new Timestamp(key.deletionAt);
    return { KeyId: key.arn, DeletionDate, KeyState: keyState(key), PendingWindowInDays: days };
  };
}

/** The key stays, disabled. */
export function cancelKeyDeletion(keys: KeyStore): Operation {
  return (input, call) => {
    const key = keys.find(input, call);
    if (key.deletionAt === undefined)
      throw new ServiceError("KMSInvalidStateException", `${key.arn} is not pending deletion.`);
    key.deletionAt = undefined;
    key.enabled = false;
    return { KeyId: key.arn };
  };
}

function switchedTo(keys: KeyStore, enabled: boolean): Operation {
  return (input, call) => {
    const key = keys.find(input, call);
    requireNotPendingDeletion(key);
    key.enabled = enabled;
    return {};
  };
}
