import type { Random } from "../random.ts";
import { jsonErrors } from "../server/front-door-errors.ts";
import type { Operation, Service } from "../server/service.ts";
import { createKey, describeKey } from "./describe-key.ts";
import { decrypt, encrypt } from "./encrypt.ts";
import { generateDataKey } from "./generate-data-key.ts";
import { cancelKeyDeletion, disableKey, enableKey, scheduleKeyDeletion } from "./key-states.ts";
import { KeyStore, keyArn } from "./key-store.ts";

/** Key Management Service: symmetric keys, their states, and what they encrypt. Each key is its own account's alone. */
export function kms(random: Random): Service {
  const keys = new KeyStore(random);
  return {
    signingName: "kms",
    actionPrefix: "kms",
    targetPrefix: "TrentService",
    errorNamespace: "",
    xmlNamespace: "",
    errors: jsonErrors,
    resource: ({ KeyId }, { account, region }) => {
      if (typeof KeyId !== "string" || KeyId === "") return "*";
      return KeyId.startsWith("arn:") ? KeyId : keyArn(account, region, KeyId);
    },
    operations: new Map<string, Operation>([
      ["CreateKey", createKey(keys)],
      ["DescribeKey", describeKey(keys)],
      ["GenerateDataKey", generateDataKey(keys)],
      ["Encrypt", encrypt(keys)],
      ["Decrypt", decrypt(keys)],
      ["EnableKey", enableKey(keys)],
      ["DisableKey", disableKey(keys)],
      ["ScheduleKeyDeletion", scheduleKeyDeletion(keys)],
      ["CancelKeyDeletion", cancelKeyDeletion(keys)],
    ]),
  };
}
