import { paginateListSecrets, type SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ownPrefix } from "../settings/configuration-secrets.ts";

/** Names of the secrets to replicate, in alphabetical order; replicas and those awaiting deletion are not among them. */
export async function listSecretNames(
  client: SecretsManagerClient,
  isWanted: (name: string) => boolean,
  abortSignal: AbortSignal,
): Promise<string[]> {
  const names: string[] = [];
  for await (const page of paginateListSecrets({ client, pageSize: 100 }, {}, { abortSignal })) {
    for (const { Name: name, DeletedDate: deleted } of page.SecretList ?? []) {
      if (name !== undefined && deleted === undefined && !name.startsWith(ownPrefix) && isWanted(name))
        names.push(name);
    }
  }
  return names.toSorted();
}
