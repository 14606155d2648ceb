import { describe, expect, test } from "vitest";
import {
  createRemediationFor,
  describeError,
  HoldfastError,
  OptionError,
  type Remediation,
  recoveryAdviceByKind,
  remediationCatalogue,
  remediationFor,
} from "../index.ts";

function failed(name: string, message = "m", fields: object = {}): Error {
  return Object.assign(new Error(message), { name, ...fields });
}

describe("what a person meets", () => {
  test.each<[string, Error, Partial<Remediation>]>([
    [
      "SSO expired",
      failed(
        "CredentialsProviderError",
        "The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.",
      ),
      { code: "sso-session-expired", steps: [expect.objectContaining({ command: "aws sso login" })] },
    ],
    [
      "SSO token, which names the profile",
      failed(
        "TokenProviderError",
        "The SSO session token associated with profile=dev was not found or is invalid. To refresh",
      ),
      { code: "sso-session-expired", steps: [expect.objectContaining({ command: "aws sso login --profile dev" })] },
    ],
    [
      "aws login",
      failed(
        "CredentialsProviderError",
        "Failed to load a token for session s, please re-authenticate using aws login",
      ),
      { code: "login-session-expired" },
    ],
    [
      "MFA",
      failed(
        "CredentialsProviderError",
        "Profile ops requires multi-factor authentication, but no MFA code callback was provided.",
      ),
      { code: "mfa-required", summary: "The role of profile ops asks for a one-time code" },
    ],
    [
      "no such profile",
      failed("CredentialsProviderError", "Profile nope was not found."),
      { code: "profile-not-found", summary: "There is no usable profile nope in the AWS configuration" },
    ],
    [
      "an unusable profile",
      failed(
        "CredentialsProviderError",
        "Could not resolve credentials using profile: [half] in configuration/credentials file(s).",
      ),
      { code: "profile-not-found", summary: "There is no usable profile half in the AWS configuration" },
    ],
    [
      "a circle of profiles",
      failed(
        "CredentialsProviderError",
        "Detected a cycle attempting to resolve credentials for profile a. Profiles visited: a, b",
      ),
      { code: "profile-cycle" },
    ],
    [
      "role chaining",
      failed(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
      ),
      { code: "role-chaining-limit" },
    ],
    [
      "no credentials",
      failed("CredentialsProviderError", "Could not load credentials from any providers"),
      { code: "no-credentials" },
    ],
    ["no region", new Error("Region is missing"), { code: "region-missing" }],
    ["expired credentials", failed("ExpiredTokenException"), { code: "credentials-expired" }],
    ["unknown credentials", failed("UnrecognizedClientException"), { code: "credentials-unknown" }],
    [
      "pending deletion",
      failed(
        "InvalidRequestException",
        "You can't perform this operation on the secret because it was marked for deletion.",
      ),
      { code: "secret-pending-deletion" },
    ],
    ["a quota", failed("LimitExceededException"), { code: "quota-reached" }],
    [
      "a full pool",
      failed("PoolError", "m", { code: "ERR_POOL_SATURATED" }),
      {
        code: "socket-pool-full",
        steps: expect.arrayContaining([expect.objectContaining({ text: expect.stringContaining("maxSockets") })]),
      },
    ],
    ["too many files", failed("Error", "m", { code: "EMFILE" }), { code: "too-many-open-files" }],
    [
      "an unknown host",
      failed("Error", "m", { code: "ENOTFOUND", hostname: "sts.us-esat-1.amazonaws.com" }),
      { code: "host-unknown", summary: "DNS does not know the host sts.us-esat-1.amazonaws.com" },
    ],
    [
      "nobody listens",
      new TypeError("fetch failed", {
        cause: failed("Error", "m", { code: "ECONNREFUSED", address: "127.0.0.1", port: 4566 }),
      }),
      { code: "connection-refused", summary: "Nothing listens on 127.0.0.1:4566" },
    ],
    [
      "a foreign certificate",
      failed("Error", "m", { code: "SELF_SIGNED_CERT_IN_CHAIN" }),
      { code: "certificate-refused" },
    ],
    [
      "a proxy's page",
      failed("SyntaxError", "Unexpected token <", { $metadata: { httpStatusCode: 403 } }),
      { code: "unreadable-answer" },
    ],
    [
      "a file",
      failed("Error", "m", { code: "EACCES", path: "/etc/my file" }),
      { code: "file-permission", steps: [{ text: "See who may", command: "ls -l '/etc/my file'" }] },
    ],
    [
      "no file",
      failed("Error", "m", { code: "ENOENT", syscall: "open", path: "/etc/my file" }),
      {
        code: "file-missing",
        summary: "There is no such file or folder: /etc/my file",
        steps: [{ text: "Check the path, and the folder that it starts from", command: "ls -ld '/etc/my file'" }],
      },
    ],
    [
      "no program",
      failed("Error", "spawn terraform ENOENT", { code: "ENOENT", syscall: "spawn terraform", path: "terraform" }),
      { code: "program-missing", summary: "There is no program to start: terraform" },
    ],
    [
      "nothing there in AWS",
      failed("ResourceNotFoundException", "m", { $metadata: { httpStatusCode: 400 } }),
      { code: "not-found" },
    ],
    [
      "a permission elsewhere",
      failed("Error", "7 PERMISSION_DENIED: m", { code: 7, details: "m" }),
      { code: "permission-missing", summary: "A permission is missing: PERMISSION_DENIED" },
    ],
    ["a disabled key", failed("KMSInvalidStateException"), { code: "key-unusable" }],
    ["throttling", failed("ThrottlingException"), { code: "throttled" }],
    [
      "a circuit",
      failed("CircuitOpenError", "m", { code: "ERR_CIRCUIT_OPEN", retryAfterMs: 1_499.2726 }),
      {
        code: "circuit-open",
        summary: "A circuit breaker holds calls back for 1500 ms more, because the service failed before",
      },
    ],
  ])("%s", (_name, error, expected) => {
    expect(remediationFor(error)).toMatchObject(expected);
  });

  test("a full pool that looks like a connect timeout", () => {
    const error = failed(
      "TimeoutError",
      "@smithy/node-http-handler - the request socket did not establish a connection with the server within the configured timeout of 80 ms.",
    );
    expect(remediationFor(error, { queuedRequests: 3 }).code).toBe("socket-pool-full");
    expect(remediationFor(error).code).toBe("timed-out");
  });

  test("a clock that is off, by how much: the text says both times", () => {
    const error = failed(
      "InvalidSignatureException",
      "Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z (20260101T001000Z - 5 min.)",
    );
    expect(remediationFor(error)).toMatchObject({
      code: "clock-skew",
      parameters: { offsetMs: "600000" },
      summary: expect.stringContaining("600000 ms"),
    });
    const ahead = failed(
      "InvalidSignatureException",
      "Signature not yet current: 20260101T001000Z is still later than 20260101T000500Z (20260101T000000Z + 5 min.)",
    );
    expect(remediationFor(ahead).parameters).toMatchObject({ offsetMs: "-600000" });
  });

  test("a clock that is off: S3 gives both times as fields", () => {
    const error = failed("RequestTimeTooSkewed", "m", {
      RequestTime: "20260101T000000Z",
      ServerTime: "2026-01-01T00:20:00Z",
    });
    expect(remediationFor(error).parameters).toMatchObject({ offsetMs: "1200000" });
  });

  test("a quota leads to its page, in its region", () => {
    const { steps, summary } = remediationFor(failed("LimitExceededException"), {
      service: "SecretsManager",
      region: "eu-west-1",
    });
    expect(summary).toBe("A quota of secretsmanager in the account is used up: LimitExceededException");
    expect(steps[0]).toEqual({
      text: "See the quota and what is used, and ask for more",
      command: "aws service-quotas list-service-quotas --service-code secretsmanager --region eu-west-1",
      url: "https://console.aws.amazon.com/servicequotas/home?region=eu-west-1#!/services/secretsmanager/quotas",
    });
  });

  test("CloudWatch has another name among quotas", () => {
    expect(remediationFor(failed("LimitExceededException"), { service: "CloudWatch" }).parameters).toMatchObject({
      serviceCode: "monitoring",
    });
  });
});

describe("the catalogue", () => {
  test("there is an answer for every kind", () => {
    for (const kind of Object.keys(recoveryAdviceByKind)) {
      const remedy = remediationFor({ kind, retry: "never" });
      expect(remedy.code === "unknown", kind).toBe(kind === "unknown");
      expect(remedy.summary, String(kind)).not.toMatch(/[{}<>[\]]/);
    }
  });

  test("every general entry comes after the special ones of its kind", () => {
    const general = remediationCatalogue.findIndex(
      ({ errorCodes, message, kinds }) => kinds && !errorCodes && !message && kinds[0] === "limit-reached",
    );
    const special = remediationCatalogue.findIndex(({ code }) => code === "socket-pool-full");
    expect(special).toBeLessThan(general);
  });

  test("commands and links are well formed once filled in", () => {
    for (const entry of remediationCatalogue) {
      for (const { command = "", url } of entry.steps) {
        expect(command).not.toMatch(/\n|^\$/);
        if (url !== undefined) expect(url).toMatch(/^https:\/\//);
      }
    }
  });

  test("entries of your own come first, and take the named groups of their message", () => {
    const mine = createRemediationFor({
      entries: [
        {
          code: "flow-missing",
          message: /flow (?<flow>\S+) is missing/,
          summary: "Flow {flow} is missing[ from {place}]",
          steps: [{ text: "Create it", command: "flows create {flow}[ --in {place}]" }],
        },
      ],
    });
    expect(mine(new Error("the flow a;b is missing"))).toMatchObject({
      code: "flow-missing",
      summary: "Flow a;b is missing",
      steps: [{ text: "Create it", command: "flows create 'a;b'" }],
    });
    expect(mine(new Error("the flow f is missing"), { parameters: { place: "eu" } }).steps[0]?.command).toBe(
      "flows create f --in eu",
    );
    expect(mine(failed("ThrottlingException")).code).toBe("throttled");
  });

  test("a part in brackets needs every name in it; outside, a name that is not known is shown as such", () => {
    const mine = createRemediationFor({
      entries: [
        {
          code: "x",
          message: /at (?<host>\S+)/,
          summary: "{host}[ on {host}:{port}] of {owner}",
          steps: [{ text: "t", command: "ping {host}" }],
        },
      ],
    });
    expect(mine(new Error("at it's'"))).toMatchObject({
      summary: "it's' of <owner>",
      steps: [{ command: "ping 'it'\\''s'\\'''" }],
    });
  });

  test("an entry of your own for AccessDenied outdoes ours", () => {
    const mine = createRemediationFor({
      entries: [{ code: "ask-ops", errorCodes: ["AccessDenied"], summary: "Ask", steps: [{ text: "Ask" }] }],
    });
    expect(mine(failed("AccessDeniedException", "User: a is not authorized to perform: s3:GetObject")).code).toBe(
      "ask-ops",
    );
  });

  test("a pattern with a memory fits each time", () => {
    const mine = createRemediationFor({ entries: [{ code: "x", message: /flow/g, summary: "s", steps: [] }] });
    expect([1, 2, 3].map(() => mine(new Error("flow")).code)).toEqual(["x", "x", "x"]);
  });

  test("an entry without a code is refused at construction", () => {
    expect(() => createRemediationFor({ entries: [{ code: "", summary: "s", steps: [] }] })).toThrow(OptionError);
    expect(() => createRemediationFor({} as never)).toThrow("Expected `entries` to be an array of entries");
  });

  test("an error that carries its own remediation keeps it", () => {
    const error = new HoldfastError("Flow f not found", {
      code: "FLOW_NOT_FOUND",
      kind: "not-found",
      context: { flow: "f" },
      remediation: [{ text: "List the flows", command: "flows list" }],
    });
    expect(remediationFor(error)).toMatchObject({
      code: "FLOW_NOT_FOUND",
      steps: [{ text: "List the flows", command: "flows list" }],
      parameters: { flow: "f" },
    });
  });

  test("secrets in an error's own context fill in nothing", () => {
    const error = new HoldfastError("m", { code: "E", kind: "state", context: { flow: "f", password: "hunter2" } });
    expect(remediationFor(error).parameters).toMatchObject({ flow: "f", password: "[redacted]" });
  });

  test("what only looks like remediation is left out", () => {
    expect(remediationFor(failed("ThrottlingException", "m", { remediation: [1, { text: "" }, null] })).code).toBe(
      "throttled",
    );
  });

  test("a message's control characters and secrets stay out", () => {
    const error = failed("CredentialsProviderError", "Profile \u001b[31mred\u001b[0m was not found. password=hunter2");
    expect(JSON.stringify(remediationFor(error))).not.toMatch(/\\u001b|hunter2/);
  });
});

describe("a package that is not installed", () => {
  const missing = failed("MissingPeerError", "This needs @scope/name", {
    code: "ERR_MISSING_PEER",
    packageName: "@scope/name",
    cause: failed("Error", "Cannot find it", { code: "ERR_MODULE_NOT_FOUND" }),
  });
  const remedy = { code: "package-missing", steps: [{ text: "Install it", command: "npm install @scope/name" }] };

  test.each([
    ["itself", missing],
    ["as the cause of an error without a code", new Error("No client", { cause: missing })],
    [
      "as the cause of an error that classifies as something else",
      new HoldfastError("No credentials", { code: "ERR_CREDENTIALS", kind: "authentication" }, { cause: missing }),
    ],
  ])("%s, is named by the command that installs it", (_, error) => {
    expect(remediationFor(error)).toMatchObject(remedy);
    expect(describeError(error)).toContain("$ npm install @scope/name");
  });

  test("whose name is not known, or not fit for a shell, makes no other command of it", () => {
    const named = (packageName: unknown) => failed("E", "m", { code: "ERR_MISSING_PEER", packageName });
    expect(remediationFor(named(undefined)).steps[0]?.command).toBe("npm install");
    expect(remediationFor(named(7)).steps[0]?.command).toBe("npm install");
    expect(remediationFor(named("a; rm -rf b")).steps[0]?.command).toBe("npm install 'a; rm -rf b'");
  });

  test("leaves an error's own steps, and entries of the user's, in front", () => {
    const own = [{ text: "Ask Ann" }];
    expect(remediationFor(Object.assign(new Error("m", { cause: missing }), { remediation: own })).steps).toEqual(own);
    const mine = createRemediationFor({ entries: [{ code: "mine", kinds: ["dependency"], summary: "s", steps: own }] });
    expect(mine(missing).code).toBe("mine");
  });
});
