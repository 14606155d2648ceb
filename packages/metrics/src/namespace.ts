import type { MetricDefinitions } from "./metric-definition.ts";
import type { MetricsOptions } from "./metrics-options.ts";
import { assertText } from "./options.ts";

/** The namespace, with the environment behind it. Throws an `OptionError` on one that CloudWatch would refuse. */
export function namespaceOf({ namespace, environment }: MetricsOptions<MetricDefinitions>): string {
  const pattern = /^(?!AWS\/)[A-Za-z0-9][\w.\-/#:]{0,199}$/;
  assertText("namespace", namespace, pattern, "1 to 200 letters, digits or .-_/#: that do not begin with AWS/");
  if (environment === undefined) return namespace;
  assertText("environment", environment, /^[\w.-]{1,50}$/, "1 to 50 letters, digits or .-_");
  return `${namespace}/${environment}`;
}
