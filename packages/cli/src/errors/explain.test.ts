import type { Classification, Remediation } from "@holdfast/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { captured } from "../../fixture/captured-io.ts";

interface Explanation {
  readonly classification: Classification;
  readonly remediation: Remediation;
}

const explain = async (stdin: string, ...args: readonly string[]): Promise<Explanation> => {
  const { code, answer } = await captured({ stdin }).json<Explanation>("errors", "explain", ...args);
  expect(code).toBe(0);
  return answer;
};

const denied =
  "User: arn:aws:iam::123456789012:user/ann is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:eu-west-1:123456789012:key/k because no identity-based policy allows the kms:Decrypt action";

test.each([
  ["the AWS CLI", `\nAn error occurred (AccessDeniedException) when calling the Decrypt operation: ${denied}\n`],
  [
    "the CLI after retries",
    `An error occurred (AccessDenied) when calling the Decrypt operation (reached max retries: 2): ${denied}`,
  ],
  ["the SDK", JSON.stringify({ name: "AccessDeniedException", message: denied, $fault: "client" })],
  [
    "boto",
    JSON.stringify({ Error: { Code: "AccessDenied", Message: denied }, ResponseMetadata: { HTTPStatusCode: 400 } }),
  ],
  ["a raw answer", JSON.stringify({ __type: "com.amazonaws#AccessDeniedException", Message: denied })],
  [
    "CloudTrail",
    JSON.stringify({
      errorCode: "AccessDenied",
      errorMessage: denied,
      eventSource: "kms.amazonaws.com",
      eventName: "Decrypt",
    }),
  ],
  ["Lambda", JSON.stringify({ errorType: "AccessDeniedException", errorMessage: denied })],
])("an error as %s gives it is explained", async (_from, text) => {
  const { classification, remediation } = await explain(text);
  expect(classification.kind).toBe("authorization");
  expect(remediation.statement).toMatchObject({ Action: "kms:Decrypt" });
});

test("the call is taken from the text, and from options before that", async () => {
  const text = "An error occurred (ThrottlingException) when calling the PutSecretValue operation: Rate exceeded";
  const { classification } = await explain(text, "--service", "SecretsManager", "--region", "eu-west-1");
  expect(classification).toMatchObject({
    kind: "throttling",
    service: "SecretsManager",
    operation: "PutSecretValue",
    region: "eu-west-1",
  });
});

test.each([
  ["Unable to locate credentials. You can configure credentials", "authentication"],
  ["Error when retrieving token from sso: Token has expired and refresh failed", "authentication"],
  ["You must specify a region. You can also configure your region", "configuration"],
  ['Could not connect to the endpoint URL: "http://localhost:1/"', "network"],
  ['Read timeout on endpoint URL: "http://localhost:1/"', "timeout"],
])("%j, which has no code, is %s", async (text, kind) => {
  expect((await explain(text)).classification.kind).toBe(kind);
});

test("an expired session is told from missing credentials", async () => {
  const { remediation } = await explain("Token has expired and refresh failed", "--profile", "dev");
  expect(remediation.code).toBe("sso-session-expired");
});

test("nothing to explain is a usage error", async () => {
  const cli = captured({ stdin: " \n" });
  expect(await cli.run("errors", "explain")).toBe(64);
});

test.each(["[]", "null", '"text"', '{"error":null}', "{}", "\u0000"])("%j is explained somehow", async (text) => {
  expect((await explain(text)).classification.kind).toBe("unknown");
});

test("any text and any JSON is explained", async () => {
  const keys = fc.constantFrom(
    "name",
    "message",
    "Error",
    "error",
    "Code",
    "code",
    "__type",
    "errorCode",
    "errorType",
    "cause",
  );
  const json = fc.dictionary(keys, fc.jsonValue()).map((value) => JSON.stringify(value));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string({ minLength: 1 }), json), async (text) => {
      const cli = captured({ stdin: text });
      expect(await cli.run("errors", "explain")).toBe(text.trim() === "" ? 64 : 0);
      expect(cli.out()).not.toMatch(/[^\P{Cc}\n]/u); // no control character reaches the terminal
    }),
    { numRuns: 300 },
  );
});
