import type { AlarmDefinitions, MetricsDescription } from "../alarms/alarm-definition.ts";
import { alarmInputs } from "../alarms/alarm-inputs.ts";
import { assertKnownOptions } from "../options.ts";
import { pascalCase } from "../spelling.ts";
import { cloudWatchDashboard } from "./cloudwatch-dashboard.ts";

export interface CloudFormationTemplateOptions {
  readonly alarms: AlarmDefinitions;
  /** Default: the namespace, with `-` for `/`. */
  readonly dashboardName?: string | undefined;
}

/** A CloudFormation template, as data: deploy it through `JSON.stringify`. */
export interface CloudFormationTemplate {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Parameters: Readonly<Record<string, unknown>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<
    Record<string, { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> }>
  >;
}

/** The region where the stack is, in a text that is no CloudFormation function: replaced when the template is made. */
const regionMark = "REGION-OF-THE-STACK";

/**
 * Alarms and a dashboard as a CloudFormation template with one parameter, `AlarmTopicArn`: the SNS topic to tell, or none.
 *
 * @throws OptionError if an alarm could never fire, or on an option that it does not have.
 */
export function cloudFormationTemplate(
  description: MetricsDescription,
  options: CloudFormationTemplateOptions,
): CloudFormationTemplate {
  assertKnownOptions("cloudFormationTemplate()", options, { alarms: 0, dashboardName: 0 });
  const { alarms, dashboardName = description.namespace.replaceAll("/", "-") } = options;
  const topic = { "Fn::If": ["HasTopic", [{ Ref: "AlarmTopicArn" }], { Ref: "AWS::NoValue" }] };
  const inputs = alarmInputs(description, alarms);
  const resources = Object.keys(alarms).map((name, at) => [
    `${pascalCase(name)}Alarm`,
    { Type: "AWS::CloudWatch::Alarm", Properties: { ...inputs[at], AlarmActions: topic, OKActions: topic } },
  ]);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Alarms and a dashboard for the metrics of ${description.namespace}`,
    Parameters: {
      AlarmTopicArn: { Type: "String", Default: "", Description: "SNS topic that alarms tell; none if empty" },
    },
    Conditions: { HasTopic: { "Fn::Not": [{ "Fn::Equals": [{ Ref: "AlarmTopicArn" }, ""] }] } },
    Resources: {
      ...Object.fromEntries(resources),
      Dashboard: {
        Type: "AWS::CloudWatch::Dashboard",
        Properties: { DashboardName: dashboardName, DashboardBody: inStackRegion(description) },
      },
    },
  };
}

/** The body as a text in which CloudFormation puts its region: in it, `${` would mean a variable. */
function inStackRegion(description: MetricsDescription): unknown {
  const body = JSON.stringify(cloudWatchDashboard(description, { region: regionMark }));
  return {
    "Fn::Join": [
      "",
      body.split(regionMark).flatMap((part, at) => (at === 0 ? [part] : [{ Ref: "AWS::Region" }, part])),
    ],
  };
}
