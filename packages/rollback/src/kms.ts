export { type KmsKeysOptions, kmsKeys } from "./kms/kms-keys.ts";
