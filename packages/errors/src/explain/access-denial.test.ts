import { describe, expect, test } from "vitest";
import { type AccessDenial, parseAccessDenial, remediationFor } from "../index.ts";

const session = "arn:aws:sts::111122223333:assumed-role/app/i-0abc";
const role = "arn:aws:iam::111122223333:role/app";
const secret = "arn:aws:secretsmanager:us-east-1:444455556666:secret:prod/db-AbCdEf";
const asked = `User: ${session} is not authorized to perform: secretsmanager:GetSecretValue on resource: ${secret}`;
const action = "secretsmanager:GetSecretValue";
const allows = `policy allows the ${action} action`;
const scp = "arn:aws:organizations::999988887777:policy/o-abc/service_control_policy/p-guardrail";

const identityStatement = { Effect: "Allow", Action: action, Resource: secret };
const resourceStatement = { Effect: "Allow", Principal: { AWS: role }, Action: action, Resource: secret };

describe("every form of the text", () => {
  test.each<[string, string, Partial<AccessDenial>]>([
    [
      "identity policy, implicit",
      `because no identity-based ${allows}`,
      {
        policyKind: "identity-based",
        explicit: false,
        accountId: "111122223333",
        statement: identityStatement as never,
      },
    ],
    [
      "identity policy, explicit",
      "with an explicit deny in an identity-based policy",
      { policyKind: "identity-based", explicit: true, accountId: "111122223333", statement: undefined },
    ],
    [
      "identity policy, explicit, named",
      "with an explicit deny in an identity-based policy: arn:aws:iam::111122223333:policy/deny-all",
      { policyKind: "identity-based", explicit: true, policyArn: "arn:aws:iam::111122223333:policy/deny-all" },
    ],
    [
      "resource policy, implicit",
      `because no resource-based ${allows}`,
      {
        policyKind: "resource-based",
        explicit: false,
        accountId: "444455556666",
        statement: resourceStatement as never,
      },
    ],
    [
      "resource policy, explicit",
      "with an explicit deny in a resource-based policy",
      { policyKind: "resource-based", explicit: true, accountId: "444455556666", statement: undefined },
    ],
    [
      "permissions boundary, implicit",
      `because no permissions boundary allows the ${action} action`,
      {
        policyKind: "permissions-boundary",
        explicit: false,
        accountId: "111122223333",
        statement: identityStatement as never,
      },
    ],
    [
      "permissions boundary, explicit",
      "with an explicit deny in a permissions boundary",
      { policyKind: "permissions-boundary", explicit: true, statement: undefined },
    ],
    [
      "service control policy, implicit",
      `because no service control ${allows}`,
      { policyKind: "service-control", explicit: false, accountId: undefined, statement: identityStatement as never },
    ],
    [
      "service control policy, explicit",
      "with an explicit deny in a service control policy",
      { policyKind: "service-control", explicit: true, policyArn: undefined, accountId: undefined },
    ],
    [
      "service control policy, explicit, named",
      `with an explicit deny in a service control policy: ${scp}`,
      { policyKind: "service-control", explicit: true, policyArn: scp, accountId: "999988887777" },
    ],
    [
      "resource control policy, implicit",
      `because no resource control ${allows}`,
      { policyKind: "resource-control", explicit: false },
    ],
    [
      "resource control policy, explicit",
      "with an explicit deny in a resource control policy",
      { policyKind: "resource-control", explicit: true },
    ],
    [
      "session policy, implicit",
      `because no session ${allows}`,
      { policyKind: "session", explicit: false, statement: identityStatement as never },
    ],
    [
      "session policy, explicit",
      "with an explicit deny in a session policy",
      { policyKind: "session", explicit: true },
    ],
    [
      "VPC endpoint policy, implicit",
      `because no VPC endpoint ${allows}`,
      { policyKind: "vpc-endpoint", explicit: false, statement: identityStatement as never },
    ],
    [
      "VPC endpoint policy, explicit",
      "with an explicit deny in a VPC endpoint policy",
      { policyKind: "vpc-endpoint", explicit: true },
    ],
    [
      "an explicit deny, and no more",
      "with an explicit deny",
      { policyKind: "unknown", explicit: true, statement: undefined },
    ],
    [
      "the old short form",
      "",
      { policyKind: "unknown", explicit: false, accountId: "111122223333", statement: identityStatement as never },
    ],
  ])("%s", (_name, why, expected) => {
    expect(parseAccessDenial(`${asked} ${why}`.trim())).toMatchObject({
      principal: session,
      action,
      resource: secret,
      ...expected,
    });
  });

  test("role trust policy, implicit: the role is the resource, so its policy names none", () => {
    const text =
      "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::444455556666:role/deploy because no role trust policy allows the sts:AssumeRole action";
    expect(parseAccessDenial(text)).toMatchObject({
      policyKind: "role-trust",
      explicit: false,
      accountId: "444455556666",
      statement: {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111122223333:user/alice" },
        Action: "sts:AssumeRole",
      },
    });
    expect(parseAccessDenial(text)?.statement).not.toHaveProperty("Resource");
  });

  test("role trust policy, explicit, without a resource", () => {
    const text =
      "User: arn:aws:iam::111122223333:user/alice is not authorized to perform: sts:AssumeRole with an explicit deny in the role trust policy";
    expect(parseAccessDenial(text)).toMatchObject({
      policyKind: "role-trust",
      explicit: true,
      resource: undefined,
      statement: undefined,
    });
  });

  test("KMS says three things at once: the key's policy is the place to look", () => {
    const text = `User: ${session} is not authorized to perform: kms:Decrypt on the resource associated with this ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`;
    expect(parseAccessDenial(text)).toMatchObject({
      action: "kms:Decrypt",
      policyKind: "key",
      explicit: false,
      resource: undefined,
      statement: { Effect: "Allow", Principal: { AWS: role }, Action: "kms:Decrypt", Resource: "*" },
    });
  });

  test("a key named by its ARN tells the account", () => {
    const text = `User: ${session} is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:444455556666:key/1234 because no resource-based policy allows the kms:GenerateDataKey action`;
    expect(parseAccessDenial(text)).toMatchObject({ policyKind: "key", accountId: "444455556666" });
  });

  test.each([
    "Access to KMS is not allowed",
    "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.",
  ])("a service that speaks for KMS: %s", (text) => {
    expect(parseAccessDenial(text)).toMatchObject({ action: "kms:Decrypt", policyKind: "key", principal: undefined });
  });

  test("S3 puts quotation marks around action and resource", () => {
    expect(
      parseAccessDenial(
        `User: ${session} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::bucket/key" because no identity-based policy allows the s3:GetObject action`,
      ),
    ).toMatchObject({
      action: "s3:GetObject",
      resource: "arn:aws:s3:::bucket/key",
      statement: { Resource: "arn:aws:s3:::bucket/key" },
    });
  });

  test("EC2 adds an encoded message, which a command decodes", () => {
    const text = `You are not authorized to perform this operation. User: ${session} is not authorized to perform: ec2:RunInstances on resource: arn:aws:ec2:us-east-1:111122223333:instance/* because no identity-based policy allows the ec2:RunInstances action. Encoded authorization failure message: aBc-123_xyz`;
    expect(parseAccessDenial(text)).toMatchObject({
      action: "ec2:RunInstances",
      resource: "arn:aws:ec2:us-east-1:111122223333:instance/*",
      encodedMessage: "aBc-123_xyz",
    });
    const { steps } = remediationFor(Object.assign(new Error(text), { name: "UnauthorizedOperation" }));
    expect(steps.at(-1)?.command).toBe("aws sts decode-authorization-message --encoded-message aBc-123_xyz");
  });

  test("an anonymous caller of API Gateway", () => {
    expect(
      parseAccessDenial(
        "User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:********3333:abc/dev/GET/ with an explicit deny",
      ),
    ).toMatchObject({
      principal: "anonymous",
      action: "execute-api:Invoke",
      explicit: true,
    });
  });

  test.each(["Access Denied", "", "User is not authorized", "x".repeat(100_000)])(
    "no action, no denial: %.20s",
    (text) => {
      expect(parseAccessDenial(text)).toBeUndefined();
    },
  );
});

describe("as remediation", () => {
  const denied = (why: string): Error => Object.assign(new Error(`${asked} ${why}`), { name: "AccessDeniedException" });

  test("the statement to add, the account to add it in, and the command to look", () => {
    const remedy = remediationFor(denied(`because no resource-based ${allows}`));
    expect(remedy).toMatchObject({
      code: "access-denied",
      statement: resourceStatement,
      parameters: {
        principal: session,
        action,
        resource: secret,
        policyKind: "resource-based",
        accountId: "444455556666",
        denial: "implicit",
      },
    });
    expect(remedy.steps[0]?.text).toContain(JSON.stringify(resourceStatement));
    expect(remedy.steps[0]?.text).toContain("in account 444455556666");
    expect(remedy.steps[0]?.command).toBe(`aws secretsmanager get-resource-policy --secret-id ${secret}`);
  });

  test("a request across accounts needs both sides", () => {
    expect(remediationFor(denied(`because no resource-based ${allows}`)).steps[1]?.text).toContain(
      "the caller's identity-based policy in account 111122223333",
    );
    expect(remediationFor(denied(`because no identity-based ${allows}`)).steps[1]?.text).toContain(
      "the resource's policy in account 444455556666",
    );
  });

  test("an explicit deny is to be found and narrowed; no statement is offered", () => {
    const remedy = remediationFor(denied(`with an explicit deny in a service control policy: ${scp}`));
    expect(remedy.statement).toBeUndefined();
    expect(remedy.steps).toEqual([
      expect.objectContaining({
        command: "aws organizations describe-policy --policy-id p-guardrail",
        text: expect.stringContaining(scp),
      }),
    ]);
  });

  test("a denial of KMS has a code of its own", () => {
    expect(
      remediationFor(Object.assign(new Error("Access to KMS is not allowed"), { name: "AccessDeniedException" })).code,
    ).toBe("kms-access-denied");
  });

  test("a bare denial says where to look", () => {
    const remedy = remediationFor(Object.assign(new Error("Access Denied"), { name: "AccessDenied" }));
    expect(remedy.steps.map(({ command }) => command)).toContain("aws sts get-caller-identity");
  });

  test("what the text names cannot break out of a command line", () => {
    const text =
      "User: arn:aws:iam::111122223333:user/a is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:1:secret:$(reboot) because no resource-based policy allows the action";
    const { steps } = remediationFor(Object.assign(new Error(text), { name: "AccessDeniedException" }));
    expect(steps[0]?.command).toBe(
      "aws secretsmanager get-resource-policy --secret-id 'arn:aws:secretsmanager:us-east-1:1:secret:$(reboot)'",
    );
  });
});
