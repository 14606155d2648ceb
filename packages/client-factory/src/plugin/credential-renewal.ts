import type { SdkAuthScheme, SdkIdentity } from "./sdk-shapes.ts";

/**
 * Replaces the credentials of a call that AWS called expired. Resolves to whether there are others now:
 * fixed keys stay what they are, and then there is no point in asking again.
 *
 * The SDK resolves the identity before the retry loop, and its signer reads the client's credential provider
 * at each attempt: both are renewed, the provider first, for it feeds the client's later calls.
 */
export async function renewCredentials(scheme: SdkAuthScheme | undefined): Promise<boolean> {
  const provide = scheme?.httpAuthOption?.signingProperties?.config?.credentials;
  if (scheme === undefined || provide === undefined) return false;
  const refused = scheme.identity;
  // Another call may have renewed them already: then its answer serves this one too.
  const known = await provide();
  const current = same(known, refused) ? await provide({ forceRefresh: true }) : known;
  scheme.identity = current;
  return !same(current, refused);
}

function same(one: SdkIdentity | undefined, other: SdkIdentity | undefined): boolean {
  return one?.accessKeyId === other?.accessKeyId && one?.sessionToken === other?.sessionToken;
}
