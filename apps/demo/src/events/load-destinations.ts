import type { ConfigurationSecrets } from "../settings/configuration-secrets.ts";
import { type DestinationSettings, destinationOfEnvironment, readDestinations } from "../settings/destination-list.ts";
import type { Environment } from "../settings/environment.ts";
import { SettingsError } from "../settings/settings-error.ts";

/**
 * The destinations that the configuration secret lists, read anew each time; where there is no such secret, the one that
 * the environment names.
 *
 * @throws SettingsError where neither is there or one is wrong; what reading the secret throws.
 */
export async function loadDestinations(
  configuration: ConfigurationSecrets,
  environment: Environment,
  signal: AbortSignal,
): Promise<readonly DestinationSettings[]> {
  const { configSecret } = environment;
  const text = await configuration.read(configSecret, 0, signal);
  if (text !== undefined) return readDestinations(text, configSecret, environment);
  const only = destinationOfEnvironment(environment);
  if (only !== undefined) return [only];
  throw new SettingsError(
    `There is no destination: no secret ${configSecret}, and no DEFAULT_REGION`,
    `Create the secret ${configSecret} with a list such as [{"region": "eu-west-1"}], or set DEFAULT_REGION`,
  );
}
