import { type Check, type CheckContext, fail, ok, warn } from "./check.ts";

type Environment = CheckContext["io"]["env"];

/** Region, profile and credentials: which variables are there, and what does not fit. Values are read and never shown. */
export function awsEnvironmentCheck({ io: { env } }: CheckContext): readonly Check[] {
  return [...regionChecks(env), ...profileChecks(env), ...credentialChecks(env), ...spellingChecks(env)];
}

const regionShape = /^[a-z]{2,3}(-[a-z]+){1,3}-\d{1,2}$/;

function regionChecks(env: Environment): readonly Check[] {
  const name = "aws region";
  if (isSet(env, "AWS_REGION")) {
    return regionShape.test(env.AWS_REGION!)
      ? [ok(name, "AWS_REGION is set")]
      : [fail(name, "AWS_REGION is set, but is not like a region", "Set it to a region such as eu-west-1")];
  }
  if (isSet(env, "AWS_DEFAULT_REGION")) {
    return [
      warn(name, "Only AWS_DEFAULT_REGION is set; the SDK for JavaScript does not read it", "Set AWS_REGION as well"),
    ];
  }
  return [warn(name, "AWS_REGION is not set", "Set it, or see that the profile or the program names a region")];
}

function profileChecks(env: Environment): readonly Check[] {
  const name = "aws profile";
  if (!isSet(env, "AWS_PROFILE")) return [ok(name, "AWS_PROFILE is not set: the default profile, if there is one")];
  if (!isSet(env, "AWS_ACCESS_KEY_ID")) return [ok(name, "AWS_PROFILE is set")];
  return [
    warn(
      name,
      "AWS_PROFILE and AWS_ACCESS_KEY_ID are both set: the SDK for JavaScript uses the profile, other tools the key",
      "Unset one of them",
    ),
  ];
}

function credentialChecks(env: Environment): readonly Check[] {
  const name = "aws credentials";
  const [id, secret, token] = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map((variable) =>
    isSet(env, variable),
  );
  if (id !== secret) {
    const [there, missing] = id
      ? ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
      : ["AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"];
    return [fail(name, `${there} is set without ${missing}`, `Set ${missing} too, or unset both`)];
  }
  if (id && !token && env.AWS_ACCESS_KEY_ID!.startsWith("ASIA")) {
    const advice = "Set AWS_SESSION_TOKEN too: temporary keys are refused without it";
    return [fail(name, "AWS_ACCESS_KEY_ID is a temporary key, and AWS_SESSION_TOKEN is not set", advice)];
  }
  if (isSet(env, "AWS_WEB_IDENTITY_TOKEN_FILE") && !isSet(env, "AWS_ROLE_ARN")) {
    return [fail(name, "AWS_WEB_IDENTITY_TOKEN_FILE is set without AWS_ROLE_ARN", "Set AWS_ROLE_ARN too")];
  }
  const sources = credentialSources.filter((variable) => isSet(env, variable));
  return sources.length > 0
    ? [ok(name, `${sources.join(", ")} ${sources.length === 1 ? "is" : "are"} set`)]
    : [warn(name, "No variable gives credentials", "See that a profile, a container or an instance role does")];
}

const credentialSources = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_PROFILE",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
];

// What a copied line leaves behind: quotes or blanks around the value. The SDK takes them for part of it.
function spellingChecks(env: Environment): readonly Check[] {
  const wrapped = Object.keys(env).filter((name) => name.startsWith("AWS_") && /^[\s"']|[\s"']$/.test(env[name] ?? ""));
  return wrapped.map((name) =>
    fail("aws variables", `${name} begins or ends with a blank or a quote`, "Set it without"),
  );
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? "") !== "";
}
