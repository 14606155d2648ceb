import type { RoleStore } from "../iam/role-store.ts";
import type { AccessKeys } from "../identity/access-keys.ts";
import { queryErrors } from "../server/front-door-errors.ts";
import type { Operation, Service } from "../server/service.ts";
import { assumeRole } from "./assume-role.ts";
import { getCallerIdentity } from "./get-caller-identity.ts";
import { getSessionToken } from "./get-session-token.ts";
import { MfaDevices } from "./mfa.ts";

/** Security Token Service. */
export function sts(roles: RoleStore, accessKeys: AccessKeys): Service {
  const devices = new MfaDevices();
  return {
    signingName: "sts",
    actionPrefix: "sts",
    queryVersion: "2011-06-15",
    errorNamespace: "",
    xmlNamespace: "https://sts.amazonaws.com/doc/2011-06-15/",
    errors: queryErrors,
    resource: (input) => (typeof input.RoleArn === "string" ? input.RoleArn : "*"),
    operations: new Map<string, Operation>([
      ["GetCallerIdentity", getCallerIdentity],
      ["AssumeRole", assumeRole(roles, accessKeys, devices)],
      ["GetSessionToken", getSessionToken(accessKeys, devices)],
    ]),
  };
}
