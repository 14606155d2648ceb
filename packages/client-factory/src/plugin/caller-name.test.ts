import { expect, test } from "vitest";
import { callerNameOf, shareCallerName } from "./caller-name.ts";
import type { SdkContext, SdkIdentity } from "./sdk-shapes.ts";

const key = (): SdkIdentity => ({ accessKeyId: "AKIDEXAMPLE" });
const providerOf = (identity: SdkIdentity) => async () => identity;
const nameOf = (identity: SdkIdentity | undefined, credentials?: () => Promise<SdkIdentity>) => {
  const signingProperties = credentials === undefined ? {} : { config: { credentials } };
  const context: SdkContext = {
    __smithy_context: {
      selectedHttpAuthScheme: { ...(identity && { identity }), httpAuthOption: { signingProperties } },
    },
  };
  return callerNameOf(context);
};

test("a caller keeps its name when its credentials are renewed, and who sees the new ones first shares it", () => {
  const [before, after] = [key(), key()];
  const provider = providerOf(before);
  const name = nameOf(before, provider);
  expect(name).toMatch(/^caller-\d+$/);
  expect(nameOf(after, provider)).toBe(name);
  expect(nameOf(after, providerOf(after))).toBe(name);
});

test("the same key in two objects is two callers: the name comes from the object, not from the key", () => {
  const [one, other] = [key(), key()];
  expect(nameOf(one, providerOf(one))).not.toBe(nameOf(other, providerOf(other)));
});

test("providers of one owner share a name whatever they give", () => {
  const owner = {};
  const providers = [providerOf(key()), providerOf(key())];
  for (const provider of providers) shareCallerName(provider, owner);
  const [one, other] = providers.map((provider) => nameOf(key(), provider));
  expect(one).toBe(other);
  expect(nameOf(key(), providerOf(key()))).not.toBe(one);
  expect(() => shareCallerName(undefined, owner)).not.toThrow();
});

test("a call that no access key signs has no name, so that each such call is not a caller of its own", () => {
  expect(nameOf(undefined)).toBeUndefined();
  expect(nameOf({}, providerOf({}))).toBeUndefined();
  expect(callerNameOf({})).toBeUndefined();
});
