import { texts } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation, ServiceCall } from "../server/service.ts";
import { chooseVersion, noteAccess, valueOutput } from "./get-secret-value.ts";
import { page } from "./page.ts";
import { readFilters } from "./secret-filter.ts";
import type { SecretStore } from "./secret-store.ts";

const mostIds = 20;

/** Up to 20 current values, by ids or by filters. What cannot be read is in `Errors`, and the rest is answered. */
export function batchGetSecretValue(store: SecretStore): Operation {
  return (input, call) => {
    const ids = texts(input, "SecretIdList");
    if ((ids === undefined) === (input.Filters === undefined)) {
      throw new ServiceError(
        "InvalidParameterException",
        "You must include either Filters or SecretIdList, but not both.",
      );
    }
    if (ids !== undefined && (ids.length < 1 || ids.length > mostIds)) {
      throw new ServiceError(
        "InvalidParameterException",
        `SecretIdList must hold 1 to ${mostIds} secrets, not ${ids.length}.`,
      );
    }
    store.settle(call.now);
    const { items, NextToken } =
      ids === undefined ? filtered(store, input, call) : { items: ids, NextToken: undefined };
    return { ...read(store, items, call), NextToken };
  };
}

function filtered(
  store: SecretStore,
  input: Fields,
  { account, region }: ServiceCall,
): ReturnType<typeof page<string>> {
  const fits = readFilters(input);
  const shown = [...store.region(account, region).listed.values()].filter(
    (entry) => entry.DeletedDate === undefined && fits(entry),
  );
  return page(
    input,
    shown.map(({ Name }) => Name),
    { most: mostIds },
  );
}

function read(store: SecretStore, ids: readonly string[], call: ServiceCall): Fields {
  const SecretValues: Fields[] = [];
  const Errors: Fields[] = [];
  for (const SecretId of ids) {
    try {
      const secret = store.findUsable({ SecretId }, call);
      const version = chooseVersion(secret, undefined, undefined);
      noteAccess(secret, version, call.now);
      SecretValues.push(valueOutput(secret, version));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      Errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
    }
  }
  return { SecretValues, Errors };
}
