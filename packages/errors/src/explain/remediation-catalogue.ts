import type { ErrorKind } from "../classify/classification.ts";
import type { RemediationStep } from "./remediation.ts";

/**
 * What to do about the errors it is for, as data. In every text, `{name}` is filled in from the error: the named
 * groups of `message`, the facts of its classification (`code`, `service`, `serviceCode`, `operation`, `region`,
 * `requestId`, `retryAfterMs`), its `hostname`, `address`, `port` and `path`, the `packageName` that is missing, and what the caller knows (e.g. `profile`).
 * A part in square brackets is left out when a name in it is not known; outside brackets it reads `<name>`.
 */
export interface CatalogueEntry {
  /** Stable, for programs, e.g. `sso-session-expired`. */
  readonly code: string;
  /** For errors classified with one of these codes, `X` and `XException` alike. */
  readonly errorCodes?: readonly string[] | undefined;
  /** For errors of one of these kinds. */
  readonly kinds?: readonly ErrorKind[] | undefined;
  /** For errors whose message matches. */
  readonly message?: RegExp | undefined;
  readonly summary: string;
  readonly steps: readonly RemediationStep[];
}

/** What this package knows. All conditions of an entry must hold; the first entry that fits is taken, so the special come before the general. */
export const remediationCatalogue: readonly CatalogueEntry[] = [
  {
    code: "package-missing",
    errorCodes: ["ERR_MISSING_PEER"],
    summary: "A package that this needs is not installed[: {packageName}]",
    steps: [{ text: "Install it", command: "npm install[ {packageName}]" }],
  },
  {
    code: "sso-session-expired",
    message:
      /SSO session(?: token)? associated with (?:this )?profile(?:=(?<profile>[^\s.,]+))? (?:has expired|is invalid|was not found)|^Token is expired|SSO Token(?: for refresh)?\. .*aws sso login/,
    summary: "The IAM Identity Center session[ of profile {profile}] has expired",
    steps: [
      {
        text: "Log in again",
        command: "aws sso login[ --profile {profile}]",
        url: "https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html",
      },
    ],
  },
  {
    code: "login-session-expired",
    message: /re-authenticate using aws login/,
    summary: "The session of `aws login`[ for profile {profile}] has expired",
    steps: [{ text: "Log in again", command: "aws login[ --profile {profile}]" }],
  },
  {
    code: "mfa-required",
    message: /(?:Profile (?<profile>\S+)|Temporary credential) requires multi-factor authentication/,
    summary: "The role[ of profile {profile}] asks for a one-time code",
    steps: [
      {
        text: "Give the credential provider an `mfaCodeProvider` that asks the person for the code",
        url: "https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/migrate-credential-providers.html",
      },
    ],
  },
  {
    code: "profile-not-found",
    message:
      /Profile '?(?<profile>[^'\s]+?)'? (?:was not found|could not be found)|Could not resolve credentials using profile: \[(?<named>[^\]]+)\]/,
    summary: "There is no usable profile [{profile}][{named}] in the AWS configuration",
    steps: [
      { text: "See which profiles there are", command: "aws configure list-profiles" },
      { text: "Create it, or set AWS_PROFILE to one that exists", command: "aws configure --profile {profile}" },
    ],
  },
  {
    code: "profile-cycle",
    message: /Detected a cycle attempting to resolve credentials for profile[s ]*(?<profile>\S+)?/,
    summary: "Profiles name each other as `source_profile` in a circle",
    steps: [{ text: "Break the circle in the AWS configuration file", command: "aws configure list-profiles" }],
  },
  {
    code: "role-chaining-limit",
    message: /exceeds the 1 hour session limit for roles assumed by role chaining/,
    summary: "A role assumed with a role's credentials lasts an hour at most",
    steps: [
      {
        text: "Ask for a duration of 3600 seconds or less, and let the credentials be refreshed",
        url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining",
      },
    ],
  },
  {
    code: "no-credentials",
    errorCodes: ["CredentialsProviderError", "TokenProviderError", "ProviderError", "ERR_CREDENTIALS"],
    summary: "No AWS credentials were found[ for profile {profile}]",
    steps: [
      { text: "See what the CLI finds, and where", command: "aws configure list[ --profile {profile}]" },
      { text: "Log in, or set AWS_PROFILE", command: "aws sso login[ --profile {profile}]" },
      {
        text: "On Lambda, ECS or EC2: give the function, task or instance a role",
        url: "https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html",
      },
    ],
  },
  {
    code: "region-missing",
    message: /^Region is missing/,
    summary: "No AWS region is set",
    steps: [
      { text: "Pass `region` to the client, or set AWS_REGION", command: "export AWS_REGION=eu-west-1" },
      { text: "Or set the profile's region", command: "aws configure set region eu-west-1[ --profile {profile}]" },
    ],
  },
  {
    code: "clock-skew",
    errorCodes: ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"],
    summary: "This machine's clock is off[ by {offsetMs} ms], so AWS refuses its signatures",
    steps: clockSteps(),
  },
  {
    code: "clock-skew",
    message: /Signature (?:expired|not yet current)/,
    summary: "This machine's clock is off[ by {offsetMs} ms], so AWS refuses its signatures",
    steps: clockSteps(),
  },
  {
    code: "credentials-expired",
    errorCodes: ["ExpiredToken", "TokenRefreshRequired", "ExpiredTokenException"],
    summary: "The temporary credentials have expired",
    steps: [
      { text: "Log in again, or assume the role again", command: "aws sso login[ --profile {profile}]" },
      { text: "Give clients a credential provider rather than fixed keys: it refreshes them before they expire" },
      { text: "If AWS_SESSION_TOKEN is set, unset it: it outranks the profile", command: "env | grep ^AWS_" },
    ],
  },
  {
    code: "credentials-unknown",
    errorCodes: [
      "UnrecognizedClient",
      "InvalidClientTokenId",
      "InvalidAccessKeyId",
      "SignatureDoesNotMatch",
      "InvalidSignature",
    ],
    summary: "AWS does not know these credentials",
    steps: [
      { text: "See who they belong to", command: "aws sts get-caller-identity[ --profile {profile}]" },
      { text: "Check that they are of the right partition and that the access key was not deactivated or deleted" },
    ],
  },
  {
    code: "region-disabled",
    errorCodes: ["RegionDisabled"],
    summary: "The region[ {region}] is not enabled in this account, or its STS endpoint is not active",
    steps: [
      {
        text: "Enable the region",
        command: "aws account enable-region --region-name {region}",
        url: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html",
      },
    ],
  },
  {
    code: "secret-pending-deletion",
    message: /(?:scheduled|marked) for deletion/,
    summary: "The secret is scheduled for deletion",
    steps: [
      { text: "Restore it", command: "aws secretsmanager restore-secret --secret-id {secretId}[ --region {region}]" },
      {
        text: "Or delete it for good, and create it anew",
        command:
          "aws secretsmanager delete-secret --force-delete-without-recovery --secret-id {secretId}[ --region {region}]",
      },
    ],
  },
  {
    code: "quota-reached",
    kinds: ["quota"],
    summary: "A quota of[ {serviceCode} in] the account is used up[: {code}]",
    steps: [
      {
        text: "See the quota and what is used, and ask for more",
        command: "aws service-quotas list-service-quotas --service-code {serviceCode}[ --region {region}]",
        url: "https://console.aws.amazon.com/servicequotas/home[?region={region}][#!/services/{serviceCode}/quotas]",
      },
      { text: "Or delete what is no longer needed; trying again does not help" },
    ],
  },
  {
    code: "socket-pool-full",
    errorCodes: ["ERR_POOL_SATURATED", "TimeoutError"],
    kinds: ["limit-reached"],
    summary: "Every socket of the client was in use, so the request waited too long for one",
    steps: [
      {
        text: "Raise `maxSockets` of the client's request handler above the number of calls made at once: requestHandler: { httpsAgent: { maxSockets: 200 } }",
        url: "https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/node-configuring-maxsockets.html",
      },
      { text: "Or make fewer calls at once, behind a bulkhead" },
      { text: "Read or destroy every streaming body: an unread one keeps its socket" },
    ],
  },
  {
    code: "too-many-open-files",
    errorCodes: ["EMFILE", "ENFILE"],
    summary: "This process has as many files and sockets open as it may",
    steps: [
      { text: "Raise the limit", command: "ulimit -n 65536" },
      { text: "Or make fewer calls at once, and share clients rather than making one per call" },
    ],
  },
  {
    code: "host-unknown",
    errorCodes: ["ENOTFOUND", "EAI_AGAIN"],
    summary: "DNS does not know the host[ {hostname}]",
    steps: [
      { text: "Check the spelling of the region and of the endpoint[: {hostname}]" },
      { text: "Look it up from this machine", command: "nslookup {hostname}" },
    ],
  },
  {
    code: "connection-refused",
    errorCodes: ["ECONNREFUSED"],
    summary: "Nothing listens[ on {address}:{port}]",
    steps: [
      { text: "Check the endpoint, and that the service behind it runs", command: "env | grep ^AWS_ENDPOINT_URL" },
    ],
  },
  {
    code: "certificate-refused",
    errorCodes: [
      "SELF_SIGNED_CERT_IN_CHAIN",
      "DEPTH_ZERO_SELF_SIGNED_CERT",
      "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
      "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
      "CERT_HAS_EXPIRED",
      "ERR_TLS_CERT_ALTNAME_INVALID",
    ],
    summary: "The server's certificate is not trusted ({code})",
    steps: [
      {
        text: "If a proxy of your organisation stands in between, trust its certificate",
        command: "export NODE_EXTRA_CA_CERTS=/path/to/organisation-ca.pem",
        url: "https://nodejs.org/api/cli.html#node_extra_ca_certsfile",
      },
      { text: "If it has expired or is not yet valid, check this machine's clock", command: "date -u" },
    ],
  },
  {
    code: "unreadable-answer",
    errorCodes: ["SyntaxError"],
    kinds: ["network"],
    summary: "Something other than AWS answered[ with status {httpStatus}], e.g. a proxy or a captive portal",
    steps: [
      { text: "See who answers", command: "curl -sv https://sts.amazonaws.com/ -o /dev/null" },
      { text: "Check HTTPS_PROXY and the network's login page" },
    ],
  },
  {
    code: "key-unusable",
    kinds: ["encryption"],
    summary: "The KMS key cannot be used[: {code}]",
    steps: [
      {
        text: "See the state of the key: it may be disabled, pending deletion or in another region",
        command: "aws kms describe-key --key-id {keyId}[ --region {region}]",
      },
    ],
  },
  {
    code: "circuit-open",
    kinds: ["circuit-open"],
    summary: "A circuit breaker holds calls back[ for {retryAfterMs} ms more], because the service failed before",
    steps: [
      { text: "Wait until it lets a probe through; the cause says what opened it" },
      {
        text: "See whether what the circuit guards is up; if that is a service of AWS, whether AWS reports an incident",
        url: "https://health.aws.amazon.com/health/status",
      },
    ],
  },
  {
    code: "throttled",
    kinds: ["throttling"],
    summary: "Throttled[ by {service}]: the call was made too often",
    steps: [
      { text: "Call less often: an adaptive limiter finds the rate that is allowed" },
      {
        text: "Or ask for a higher rate",
        command: "aws service-quotas list-service-quotas --service-code {serviceCode}[ --region {region}]",
      },
    ],
  },
  {
    code: "limit-reached",
    kinds: ["limit-reached"],
    summary: "A limit of this process held the call back[: {code}]",
    steps: [{ text: "Make fewer calls at once, or raise the limit" }],
  },
  {
    code: "file-permission",
    errorCodes: ["EACCES", "EPERM"],
    summary: "This process may not use the file[ {path}]",
    steps: [{ text: "See who may", command: "ls -l {path}" }],
  },
  {
    code: "program-missing",
    errorCodes: ["ENOENT"],
    message: /^spawn /,
    summary: "There is no program to start[: {path}]",
    steps: [{ text: "Install it, or check PATH and the working directory", command: "command -v {path}" }],
  },
  {
    code: "file-missing",
    errorCodes: ["ENOENT"],
    summary: "There is no such file or folder[: {path}][: {address}]",
    steps: [{ text: "Check the path, and the folder that it starts from", command: "ls -ld {path}" }],
  },
  {
    code: "permission-missing",
    kinds: ["authorization"],
    summary: "A permission is missing[: {code}]",
    steps: [
      { text: "See who the call is made as", command: "aws sts get-caller-identity[ --profile {profile}]" },
      { text: "Have the permission granted; trying again does not help" },
    ],
  },
  {
    code: "not-found",
    kinds: ["not-found"],
    summary: "What the call names does not exist there[: {code}]",
    steps: [
      {
        text: "Check the name, the region[ ({region})] and the account",
        command: "aws sts get-caller-identity[ --profile {profile}]",
      },
    ],
  },
  {
    code: "conflict",
    kinds: ["conflict"],
    summary: "Another change was made, or is under way[: {code}]",
    steps: [{ text: "Read the present state, and decide anew" }],
  },
  {
    code: "authentication-failed",
    kinds: ["authentication"],
    summary: "AWS did not accept who is calling[: {code}]",
    steps: [{ text: "See who the call is made as", command: "aws sts get-caller-identity[ --profile {profile}]" }],
  },
  {
    code: "timed-out",
    kinds: ["timeout"],
    summary: "No answer came in time",
    steps: [
      { text: "Find out whether the call took effect before repeating it, unless it may be repeated safely" },
      { text: "If the work takes that long, raise the timeout" },
    ],
  },
  {
    code: "network-failed",
    kinds: ["network"],
    summary: "The connection failed[: {code}]",
    steps: [{ text: "Try again; if it stays, check the route: VPC endpoint, security group, NAT, proxy" }],
  },
  {
    code: "service-failed",
    kinds: ["service"],
    summary: "The service[ {service}] failed[ with {code}]",
    steps: [
      { text: "Try again after a pause", url: "https://health.aws.amazon.com/health/status" },
      { text: "If it stays, open a support case[ with request id {requestId}]" },
    ],
  },
  {
    code: "request-invalid",
    kinds: ["validation"],
    summary: "The request is not valid[: {code}]",
    steps: [{ text: "Correct the input that the message names; trying again does not help" }],
  },
  {
    code: "misconfigured",
    kinds: ["configuration"],
    summary: "A setting is wrong[: {code}]",
    steps: [{ text: "Correct the setting that the message names" }],
  },
  {
    code: "dependency-missing",
    kinds: ["dependency"],
    summary: "Something this program needs is not there[: {code}]",
    steps: [{ text: "Install what the message names", command: "npm install" }],
  },
  {
    code: "wrong-state",
    kinds: ["state"],
    summary: "What the call changes is not in a state that allows it[: {code}]",
    steps: [{ text: "Wait until it has settled, or bring it into the state that is needed" }],
  },
  {
    code: "storage-failed",
    kinds: ["storage"],
    summary: "Data could not be written or read[: {code}][ at {path}]",
    steps: [{ text: "See whether the disk is full or read-only", command: "df -h" }],
  },
  {
    code: "provisioning-failed",
    kinds: ["provisioning"],
    summary: "What was asked for could not be provided[: {code}]",
    steps: [{ text: "Try another size, zone or region, or later" }],
  },
  {
    code: "aborted",
    kinds: ["aborted"],
    summary: "The caller gave the call up",
    steps: [],
  },
  {
    code: "defect",
    kinds: ["defect"],
    summary: "This is a mistake in a program[: {code}]",
    steps: [{ text: "Report it with the stack trace" }],
  },
  {
    code: "unknown",
    kinds: ["unknown"],
    summary: "Nothing is known of this error",
    steps: [{ text: "Look at the message and the cause; a rule of your own can classify it" }],
  },
];

function clockSteps(): readonly RemediationStep[] {
  return [
    { text: "Compare the clock with a time server", command: "date -u" },
    {
      text: "Set it by NTP",
      command: "sudo timedatectl set-ntp true",
      url: "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/set-time.html",
    },
  ];
}
