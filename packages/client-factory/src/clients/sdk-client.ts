import { OptionError } from "@holdfast/errors";
import type { SdkPlugin } from "../plugin/sdk-shapes.ts";

/** Any client of the AWS SDK v3. */
export interface SdkClient {
  readonly config: object;
  readonly middlewareStack: { use(plugin: SdkPlugin): void };
  destroy(): void;
}

export type SdkClientConstructor = new (configuration: never) => SdkClient;

/** The configuration that a client class takes. */
export type ConfigOf<Constructor extends SdkClientConstructor> = Partial<
  NonNullable<ConstructorParameters<Constructor>[0]>
>;

/** Throws an `OptionError` unless `value` can make clients: a name, a command or a client is none. */
export function assertClientClass(value: unknown): asserts value is SdkClientConstructor {
  if (typeof value === "function" && typeof value.prototype?.destroy === "function") return;
  throw new OptionError("clientClass", "a client class of the AWS SDK v3, e.g. SecretsManagerClient", value);
}

/** The service's name in the SDK, e.g. `DynamoDB` of `DynamoDBClient`. */
export function serviceOf(clientClass: SdkClientConstructor): string {
  return clientClass.name.replace(/Client$/, "");
}
