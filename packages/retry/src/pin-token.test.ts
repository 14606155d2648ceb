import { TransactWriteItemsCommand } from "@aws-sdk/client-dynamodb";
import { GetSecretValueCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import { pinToken } from "./pin-token.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

test("fills the member that the command's model marks as its token, and returns the command", () => {
  const put = new PutSecretValueCommand({ SecretId: "a", SecretString: "b" });
  expect(pinToken(put)).toBe(put);
  expect(put.input.ClientRequestToken).toMatch(uuid);
  expect(pinToken(new TransactWriteItemsCommand({ TransactItems: [] })).input.ClientRequestToken).toMatch(uuid);
});

test("keeps a token that is there", () => {
  const put = pinToken(new PutSecretValueCommand({ SecretId: "a", ClientRequestToken: "mine" }));
  expect(pinToken(put).input.ClientRequestToken).toBe("mine");
});

test("gives each command its own, though they were made of one input, which it leaves alone", () => {
  const input = Object.freeze({ SecretId: "a", SecretString: "b" });
  const tokens = [1, 2].map(() => pinToken(new PutSecretValueCommand(input)).input.ClientRequestToken);
  expect(new Set(tokens).size).toBe(2);
  expect(input).not.toHaveProperty("ClientRequestToken");
});

test("leaves a command without a token as it is", () => {
  expect(pinToken(new GetSecretValueCommand({ SecretId: "a" })).input).toEqual({ SecretId: "a" });
});

test("takes the member you name, and AWS's usual name for a command without a model", () => {
  expect(pinToken({ input: {} }, { member: "clientToken" }).input).toEqual({
    clientToken: expect.stringMatching(uuid),
  });
  expect(pinToken({ input: {} }).input).toEqual({ ClientRequestToken: expect.stringMatching(uuid) });
});
