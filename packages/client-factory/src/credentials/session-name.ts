import { hostname, userInfo } from "node:os";

/**
 * The name of a role session that CloudTrail shows, when none is given: who, what for, and where, e.g.
 * `alice.secrets-replicator@build-7`. 2 to 64 of the characters AWS allows.
 */
export function defaultSessionName(purpose: string | undefined): string {
  const host = hostname().split(".")[0] ?? "";
  const name = `${user()}.${purpose ?? "holdfast"}@${host}`.replace(/[^\w+=,.@-]/g, "-");
  return name.slice(0, 64);
}

function user(): string {
  try {
    return userInfo().username;
  } catch {
    return "uid"; // containers run users that have no entry in /etc/passwd
  }
}
