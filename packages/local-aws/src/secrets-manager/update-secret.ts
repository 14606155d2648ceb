import { text } from "../protocol/members.ts";
import type { Operation } from "../server/service.ts";
import { addVersion, isReplay, readToken, readValue } from "./new-version.ts";
import { current } from "./secret.ts";
import type { SecretStore } from "./secret-store.ts";

/** Changes description, key and value. Only a value makes a version. */
export function updateSecret(store: SecretStore): Operation {
  return (input, call) => {
    const value = readValue(input);
    const token = value === undefined ? undefined : readToken(input);
    const secret = store.findWritable(input, call);
    if (value !== undefined && token !== undefined && !isReplay(secret, token, value)) {
      addVersion(secret, token, value, [current], call.now);
    }
    secret.description = text(input, "Description") ?? secret.description;
    secret.kmsKeyId = text(input, "KmsKeyId") ?? secret.kmsKeyId;
    store.changed(secret, call.now);
    return { ARN: secret.arn, Name: secret.name, VersionId: token };
  };
}
