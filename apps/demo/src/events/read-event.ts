import { HoldfastError } from "@holdfast/errors";

/** What an event asks for. */
export type EventRequest =
  | { readonly secrets: readonly SecretReference[] }
  /** Nothing to do, and why. */
  | { readonly ignored: string };

export interface SecretReference {
  /** A name or an ARN, whole or in part: DescribeSecret says which secret it is. */
  readonly id: string;
  /** `undefined`: the replicator's own. */
  readonly region: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Calls after which a secret's current value, description, tags or key may be another. */
const changes = [
  "CreateSecret",
  "PutSecretValue",
  "UpdateSecret",
  "UpdateSecretVersionStage",
  "RotationSucceeded",
  "RestoreSecret",
  "TagResource",
  "UntagResource",
];

/**
 * Reads an event: EventBridge's of a CloudTrail record, the record itself, or `{"source":"manual","secretId"|"secretIds"}`.
 * A version that is not AWSCURRENT changes nothing yet: a rotation is replicated when its value becomes the current one.
 *
 * @throws HoldfastError for what is no such event.
 */
export function readEvent(event: unknown): EventRequest {
  const envelope = fieldsOf(event);
  if (envelope === undefined) throw notAnEvent("it is no JSON object");
  if (envelope.source === "manual") return readManual(envelope);
  const detail = fieldsOf(envelope.detail) ?? envelope;
  if (envelope.source !== "aws.secretsmanager" && detail.eventSource !== "secretsmanager.amazonaws.com") {
    throw notAnEvent(`its source is ${JSON.stringify(envelope.source ?? detail.eventSource ?? null)}`);
  }
  return readRecord(detail, textOf(envelope.region));
}

function readManual(event: Fields): EventRequest {
  const ids = event.secretIds ?? [event.secretId];
  if (!Array.isArray(ids) || ids.length === 0 || !ids.every((id) => textOf(id) !== undefined)) {
    throw notAnEvent("a manual one needs secretId, or secretIds with one at least");
  }
  const region = textOf(event.region);
  return { secrets: [...new Set<string>(ids)].map((id) => ({ id, region })) };
}

function readRecord(detail: Fields, envelopeRegion: string | undefined): EventRequest {
  const name = textOf(detail.eventName) ?? "an event without a name";
  if (!changes.includes(name)) return { ignored: `${name} changes no value` };
  if (detail.errorCode !== undefined && detail.errorCode !== null) return { ignored: `${name} had failed` };
  const request = fieldsOf(detail.requestParameters) ?? {};
  const stages = request.versionStages;
  if (name === "PutSecretValue" && Array.isArray(stages) && !stages.includes("AWSCURRENT")) {
    return { ignored: `PutSecretValue made a version that is not AWSCURRENT (${stages.join(", ")})` };
  }
  if (name === "UpdateSecretVersionStage" && request.versionStage !== "AWSCURRENT") {
    return { ignored: `UpdateSecretVersionStage moved ${String(request.versionStage)}` };
  }
  const response = fieldsOf(detail.responseElements) ?? {};
  const service = fieldsOf(detail.additionalEventData) ?? fieldsOf(detail.serviceEventDetails) ?? {};
  const [id] = [
    request.secretId,
    service.SecretId,
    service.secretId,
    response.arn,
    response.ARN,
    response.aRN,
    request.name,
  ].flatMap((candidate) => textOf(candidate) ?? []);
  if (id === undefined) throw notAnEvent(`${name} names no secret`);
  return { secrets: [{ id, region: textOf(detail.awsRegion) ?? envelopeRegion }] };
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function notAnEvent(why: string): HoldfastError {
  return new HoldfastError(`This is no event of Secrets Manager: ${why}`, {
    code: "REPLICATE_EVENT",
    kind: "validation",
    remediation: [
      {
        text: 'Send EventBridge\'s "AWS API Call via CloudTrail" or "AWS Service Event via CloudTrail" events of aws.secretsmanager',
      },
      { text: 'Or, by hand, {"source": "manual", "secretId": "app/db"}' },
    ],
  });
}
