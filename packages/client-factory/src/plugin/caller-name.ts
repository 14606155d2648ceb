import type { SdkContext } from "./sdk-shapes.ts";

// By the object alone, never by what is in it: a name of a key's owner must tell nothing of the key.
const names = new WeakMap<object, string>();
let named = 0;

/**
 * Whose credentials sign this call, as a name that says nothing of them: `caller-1`, `caller-2`, in the order they
 * are first seen in this process. One client has one name for life, and clients share it that are given the same
 * credentials object, or a provider that gives the same one. `undefined` for calls that no access key signs.
 */
export function callerNameOf(context: SdkContext): string | undefined {
  const { identity, httpAuthOption } = context.__smithy_context?.selectedHttpAuthScheme ?? {};
  if (identity?.accessKeyId === undefined) return undefined;
  const provider = httpAuthOption?.signingProperties?.config?.credentials;
  const name = (provider && names.get(provider)) ?? names.get(identity) ?? nextName();
  names.set(identity, name); // the next client's provider may answer with the same
  if (provider !== undefined) names.set(provider, name);
  return name;
}

/** Gives a client's credential provider the name of `owner`, whatever identity each may see first. */
export function shareCallerName(provider: object | undefined, owner: object): void {
  if (provider === undefined) return;
  const name = names.get(owner) ?? nextName();
  names.set(owner, name);
  names.set(provider, name);
}

function nextName(): string {
  named += 1;
  return `caller-${named}`;
}
