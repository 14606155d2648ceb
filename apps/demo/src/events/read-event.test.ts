import { describe, expect, test } from "vitest";
import { readEvent } from "./read-event.ts";

const arn = "arn:aws:secretsmanager:us-east-1:111111111111:secret:app/db-AbCdEf";
const bridge = (detail: object, more: object = {}) => ({
  version: "0",
  "detail-type": "AWS API Call via CloudTrail",
  source: "aws.secretsmanager",
  account: "111111111111",
  region: "us-east-1",
  detail: { eventSource: "secretsmanager.amazonaws.com", awsRegion: "us-east-1", errorCode: null, ...detail },
  ...more,
});
const of = (id: string, region: string | undefined = "us-east-1") => ({ secrets: [{ id, region }] });

describe("finds the secret wherever CloudTrail writes it", () => {
  test.each([
    ["secretId of the request", { eventName: "PutSecretValue", requestParameters: { secretId: arn } }, arn],
    [
      "a name for secretId",
      { eventName: "UpdateSecret", requestParameters: { secretId: "prod-master" } },
      "prod-master",
    ],
    [
      "arn of the response, in small letters",
      { eventName: "CreateSecret", requestParameters: { name: "app/db" }, responseElements: { arn, name: "app/db" } },
      arn,
    ],
    ["ARN of the response", { eventName: "CreateSecret", responseElements: { ARN: arn } }, arn],
    [
      "name of the request",
      { eventName: "CreateSecret", requestParameters: { name: "app/db" }, responseElements: null },
      "app/db",
    ],
    [
      "SecretId of a service's event",
      { eventName: "RotationSucceeded", requestParameters: null, additionalEventData: { SecretId: arn } },
      arn,
    ],
  ])("%s", (_, detail, id) => {
    expect(readEvent(bridge(detail))).toEqual(of(id));
    expect(readEvent(bridge(detail).detail)).toEqual(of(id)); // the record without its envelope
  });
});

describe("a rotation is replicated when its value becomes the current one, and not before", () => {
  test.each([
    [
      "a version that is AWSPENDING",
      { eventName: "PutSecretValue", requestParameters: { secretId: arn, versionStages: ["AWSPENDING"] } },
      /not AWSCURRENT \(AWSPENDING\)/,
    ],
    [
      "another label moves",
      { eventName: "UpdateSecretVersionStage", requestParameters: { secretId: arn, versionStage: "AWSPENDING" } },
      /moved AWSPENDING/,
    ],
    [
      "it begins",
      { eventName: "RotationStarted", additionalEventData: { SecretId: arn } },
      /RotationStarted changes no value/,
    ],
    ["it fails", { eventName: "RotationFailed", additionalEventData: { SecretId: arn } }, /RotationFailed/],
    ["it is called for", { eventName: "RotateSecret", requestParameters: { secretId: arn } }, /RotateSecret/],
    [
      "a call that was refused",
      { eventName: "PutSecretValue", errorCode: "AccessDenied", requestParameters: { secretId: arn } },
      /had failed/,
    ],
    [
      "a reader",
      { eventName: "GetSecretValue", requestParameters: { secretId: arn } },
      /GetSecretValue changes no value/,
    ],
  ])("not when %s", (_, detail, reason) => {
    expect(readEvent(bridge(detail))).toEqual({ ignored: expect.stringMatching(reason) });
  });

  test.each([
    [
      "AWSCURRENT moves",
      {
        eventName: "UpdateSecretVersionStage",
        requestParameters: { secretId: arn, versionStage: "AWSCURRENT", moveToVersionId: "v" },
      },
    ],
    ["it succeeds", { eventName: "RotationSucceeded", additionalEventData: { SecretId: arn } }],
    [
      "a value is put as the current one",
      { eventName: "PutSecretValue", requestParameters: { secretId: arn, versionStages: ["AWSCURRENT", "MINE"] } },
    ],
    ["a value is put without labels", { eventName: "PutSecretValue", requestParameters: { secretId: arn } }],
    ["tags change", { eventName: "TagResource", requestParameters: { secretId: arn } }],
  ])("when %s", (_, detail) => {
    expect(readEvent(bridge(detail))).toEqual(of(arn));
  });
});

describe("by hand", () => {
  test("one or several, each once", () => {
    expect(readEvent({ source: "manual", secretId: "a" })).toEqual({ secrets: [{ id: "a", region: undefined }] });
    expect(readEvent({ source: "manual", secretIds: ["a", "b", "a"], region: "eu-west-1" })).toEqual({
      secrets: [
        { id: "a", region: "eu-west-1" },
        { id: "b", region: "eu-west-1" },
      ],
    });
  });
});

test.each([
  [{ source: "manual" }, /needs secretId/],
  [{ source: "manual", secretIds: [] }, /needs secretId/],
  [{ source: "manual", secretIds: [7] }, /needs secretId/],
  [{ source: "aws.s3", detail: {} }, /its source is "aws.s3"/],
  [{}, /its source is null/],
  [null, /no JSON object/],
  [[], /no JSON object/],
  ["text", /no JSON object/],
  [bridge({ eventName: "PutSecretValue", requestParameters: {} }), /PutSecretValue names no secret/],
])("what is no such event is refused: %j", (event, message) => {
  expect(() => readEvent(event)).toThrow(
    expect.objectContaining({ code: "REPLICATE_EVENT", message: expect.stringMatching(message) }),
  );
});
