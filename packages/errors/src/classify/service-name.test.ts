import { LimitExceededException, SecretsManagerServiceException } from "@aws-sdk/client-secrets-manager";
import { STSServiceException } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { classify } from "../index.ts";

const facts = { message: "m", $fault: "client", $metadata: { httpStatusCode: 400 } } as const;

test("a modelled error is of the service whose class it extends", () => {
  expect(classify(new LimitExceededException(facts)).service).toBe("SecretsManager");
});

test("an unmodelled error is of the service's own class", () => {
  expect(classify(new SecretsManagerServiceException({ ...facts, name: "ThrottlingException" })).service).toBe(
    "SecretsManager",
  );
  expect(classify(new STSServiceException({ ...facts, name: "Throttling" })).service).toBe("STS");
});

test("the context knows better", () => {
  expect(classify(new LimitExceededException(facts), { service: "Other" }).service).toBe("Other");
});

test("asked again, it says the same", () => {
  expect([1, 2].map(() => classify(new LimitExceededException(facts)).service)).toEqual([
    "SecretsManager",
    "SecretsManager",
  ]);
  expect(
    [1, 2].map(() => classify(Object.assign(new Error("m"), { $metadata: { httpStatusCode: 400 } })).service),
  ).toEqual([undefined, undefined]);
});

test("an object without a class has none", () => {
  const bare = Object.assign(Object.create(null), { name: "ThrottlingException", $metadata: { httpStatusCode: 400 } });
  expect(classify(bare)).toMatchObject({ kind: "throttling", service: undefined });
});
