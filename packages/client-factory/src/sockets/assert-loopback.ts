import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/** A request left the machine although `localOnly` was set. Nothing was sent. */
export class NotLocalError extends Error {
  override readonly name = "NotLocalError";
  readonly code = "ERR_NOT_LOCAL"; // recognised by code: two copies of this package may be installed
  readonly hostname: string;

  constructor(hostname: string) {
    super(
      `\`localOnly\` is set, and ${hostname} is not this machine; nothing was sent. ` +
        "Give the factory an `endpoint` on loopback, or set AWS_ENDPOINT_URL",
    );
    this.hostname = hostname;
  }
}

/** Rejects with {@link NotLocalError} unless the host is loopback, by its text or by every address of its name. */
export async function assertLoopback(hostname: string): Promise<void> {
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) !== 0) {
    if (!isLoopbackAddress(host)) throw new NotLocalError(hostname);
    return;
  }
  if (host === "localhost" || host.endsWith(".localhost")) return; // RFC 6761: never anything else
  // Asking a resolver for AWS's own names would already be a message to the outside.
  if (/(^|\.)(amazonaws\.|api\.aws|aws\.|amazon\.)/i.test(host)) throw new NotLocalError(hostname);
  const addresses = await lookup(host, { all: true }).catch(() => []);
  if (addresses.length === 0 || !addresses.every(({ address }) => isLoopbackAddress(address))) {
    throw new NotLocalError(hostname);
  }
}

/** Whether a URL names this machine by its text alone. */
export function isLoopbackUrl(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, "") : "";
  return host === "localhost" || host.endsWith(".localhost") || isLoopbackAddress(host);
}

function isLoopbackAddress(address: string): boolean {
  return address === "::1" || /^(::ffff:)?127\./i.test(address);
}
