import type { Credentials } from "../identity/access-keys.ts";
import type { Fields } from "../protocol/protocol.ts";
import { Timestamp } from "../protocol/timestamp.ts";

export function credentialsOutput({ accessKeyId, secretAccessKey, sessionToken, expiration }: Credentials): Fields {
  return {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: new Timestamp(expiration?.getTime() ?? 0),
  };
}
