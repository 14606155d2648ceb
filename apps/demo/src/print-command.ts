import { createMetrics, policyMetrics, replicationMetrics } from "@holdfast/metrics";
import {
  cloudFormationTemplate,
  cloudWatchDashboard,
  grafanaDashboard,
  policyAlarms,
  prometheusRules,
  replicationAlarms,
} from "@holdfast/metrics/alarms";
import type { CommandLine } from "./command-line.ts";
import { exitCodes } from "./exit-codes.ts";
import { replicatorPolicies } from "./replicator-policies.ts";

type PrintCommand = Extract<CommandLine, { readonly command: "policy" | "dashboards" }>;

/** `replicate policy` and `replicate dashboards`: print JSON. @returns the exit code. */
export async function printCommand(line: PrintCommand, output: { write(text: string): unknown }): Promise<number> {
  const printed = line.command === "policy" ? replicatorPolicies(line) : await dashboards(line);
  output.write(`${JSON.stringify(printed, undefined, 2)}\n`);
  return exitCodes.ok;
}

async function dashboards({ namespace, region }: { readonly namespace: string; readonly region: string }) {
  const definitions = { ...replicationMetrics, ...policyMetrics };
  const metrics = createMetrics({ definitions, namespace, sinks: [] });
  try {
    const alarms = { ...replicationAlarms, ...policyAlarms };
    return {
      cloudFormation: cloudFormationTemplate(metrics, { alarms }),
      cloudWatchDashboard: cloudWatchDashboard(metrics, { region }),
      grafana: grafanaDashboard(metrics, { title: namespace }),
      prometheusRules: prometheusRules(metrics, alarms),
    };
  } finally {
    await metrics.close();
  }
}
