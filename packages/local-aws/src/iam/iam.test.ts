import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import { failureOf, type Rig, rig } from "../../test/rig.ts";

const RoleName = "worker";
const trust = (account: string) =>
  JSON.stringify({ Statement: [{ Effect: "Allow", Principal: { AWS: account }, Action: "sts:AssumeRole" }] });
const allow = (Action: string, Resource = "*") => JSON.stringify({ Statement: { Effect: "Allow", Action, Resource } });

async function createRole(aws: Rig, trusted = "111122223333", Path?: string) {
  const input = { RoleName, AssumeRolePolicyDocument: trust(trusted), Path };
  return (await aws.iam().send(new CreateRoleCommand(input))).Role;
}

function assume(aws: Rig, RoleArn: string | undefined) {
  return aws.sts().send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "tests" }));
}

test("a role made through the API can be assumed, and may do nothing until a policy says so", async () => {
  await using aws = await rig();
  const role = await createRole(aws);
  const { Credentials } = await assume(aws, role?.Arn);
  const credentials = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  const client = aws.secretsManager({ credentials });
  expect((await failureOf(client.send(new ListSecretsCommand({})))).name).toBe("AccessDeniedException");
  const policy = { RoleName, PolicyName: "lists", PolicyDocument: allow("secretsmanager:List*") };
  await aws.iam().send(new PutRolePolicyCommand(policy));
  await client.send(new ListSecretsCommand({}));
});

test("a trust policy can be replaced", async () => {
  await using aws = await rig();
  const role = await createRole(aws, "999988887777");
  expect((await failureOf(assume(aws, role?.Arn))).name).toBe("AccessDenied");
  await aws.iam().send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: trust("111122223333") }));
  await assume(aws, role?.Arn);
});

test("the path belongs to a role's name", async () => {
  await using aws = await rig();
  const role = await createRole(aws, "111122223333", "/team/");
  expect(role?.Arn).toBe("arn:aws:iam::111122223333:role/team/worker");
  await assume(aws, role?.Arn);
  expect((await failureOf(assume(aws, role?.Arn?.replace("team/", "")))).name).toBe("AccessDenied");
});

test("gives roles and policies back, and lets a role go once it has no policy", async () => {
  await using aws = await rig();
  const client = aws.iam();
  await createRole(aws);
  const PolicyName = "p";
  const PolicyDocument = allow("s3:GetObject");
  await client.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  const role = (await client.send(new GetRoleCommand({ RoleName }))).Role;
  expect(role).toMatchObject({ RoleName, MaxSessionDuration: 3_600, CreateDate: expect.any(Date) });
  expect(JSON.parse(decodeURIComponent(role?.AssumeRolePolicyDocument ?? ""))).toEqual(
    JSON.parse(trust("111122223333")),
  );
  expect((await client.send(new ListRolesCommand({}))).Roles?.map((one) => one.RoleName)).toEqual([RoleName]);
  expect((await client.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual([PolicyName]);
  const got = await client.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
  expect(JSON.parse(decodeURIComponent(got.PolicyDocument ?? ""))).toEqual(JSON.parse(PolicyDocument));
  expect((await failureOf(client.send(new DeleteRoleCommand({ RoleName })))).name).toBe("DeleteConflictException");
  await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  await client.send(new DeleteRoleCommand({ RoleName }));
  expect(await failureOf(client.send(new GetRoleCommand({ RoleName })))).toMatchObject({
    name: "NoSuchEntityException",
    $metadata: { httpStatusCode: 404 },
  });
});

test.each([
  ["no JSON", "{"],
  ["no statement", "{}"],
  ["no principal", JSON.stringify({ Statement: { Effect: "Allow", Action: "sts:AssumeRole" } })],
  [
    "an unknown condition",
    JSON.stringify({
      Statement: { Effect: "Allow", Principal: "*", Action: "*", Condition: { Sometimes: { a: "b" } } },
    }),
  ],
])("refuses a trust policy with %s", async (_what, AssumeRolePolicyDocument) => {
  await using aws = await rig();
  const error = await failureOf(aws.iam().send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument })));
  expect(error.name).toBe("MalformedPolicyDocumentException");
});

test.each([[3_599], [43_201]])("refuses a longest session of %i seconds", async (MaxSessionDuration) => {
  await using aws = await rig();
  const input = { RoleName, AssumeRolePolicyDocument: trust("111122223333"), MaxSessionDuration };
  expect((await failureOf(aws.iam().send(new CreateRoleCommand(input)))).name).toBe("ValidationError");
});

test("simulates what a role may do: a deny before an allow, and silence as no", async () => {
  await using aws = await rig();
  const role = await createRole(aws);
  const PolicyDocument = JSON.stringify({
    Statement: [
      { Effect: "Allow", Action: ["s3:Get*", "s3:PutObject"], Resource: "arn:aws:s3:::bucket/*" },
      { Effect: "Deny", Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/private/*" },
    ],
  });
  await aws.iam().send(new PutRolePolicyCommand({ RoleName, PolicyName: "p", PolicyDocument }));
  const { EvaluationResults = [] } = await aws.iam().send(
    new SimulatePrincipalPolicyCommand({
      PolicySourceArn: role?.Arn,
      ActionNames: ["s3:GetObject", "s3:DeleteObject"],
      ResourceArns: ["arn:aws:s3:::bucket/a", "arn:aws:s3:::bucket/private/a"],
    }),
  );
  expect(EvaluationResults.map(({ EvalDecision }) => EvalDecision)).toEqual([
    "allowed",
    "explicitDeny",
    "implicitDeny",
    "implicitDeny",
  ]);
});
