import { texts } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Operation } from "../server/service.ts";
import { checkLabels } from "./labels.ts";
import { addVersion, isReplay, readToken, readValue } from "./new-version.ts";
import { current, type Secret } from "./secret.ts";
import type { SecretStore } from "./secret-store.ts";

export function putSecretValue(store: SecretStore): Operation {
  return (input, call) => {
    const value = readValue(input);
    const token = readToken(input);
    const stages = checkLabels(texts(input, "VersionStages") ?? [current]);
    if (value === undefined) {
      throw new ServiceError("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
    }
    const secret = store.findWritable(input, call);
    if (!isReplay(secret, token, value)) {
      addVersion(secret, token, value, stages, call.now);
      store.changed(secret, call.now);
    }
    return put(secret, token);
  };
}

function put(secret: Secret, versionId: string): Fields {
  const VersionStages = secret.versions.get(versionId)?.stages;
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId, VersionStages };
}
