import { type ErrorFields, textOf } from "./error-fields.ts";

const nameByClass = new WeakMap<object, { readonly name: string | undefined }>();

/**
 * The service that threw an SDK error, from the name of its base class: `SecretsManagerServiceException`
 * gives `SecretsManager`. `undefined` for other errors and for code whose class names were minified.
 */
export function serviceNameOf(error: ErrorFields): string | undefined {
  const ownClass: unknown = error.constructor;
  if (typeof ownClass !== "function") return undefined;
  const known = nameByClass.get(ownClass);
  if (known !== undefined) return known.name;
  const name = nameInAncestry(ownClass);
  nameByClass.set(ownClass, { name });
  return name;
}

const suffix = "ServiceException";
const deepestClass = 8;

function nameInAncestry(errorClass: object): string | undefined {
  let ancestor: object | null = errorClass;
  for (let depth = 0; ancestor !== null && depth < deepestClass; depth++) {
    const name = textOf((ancestor as { readonly name?: unknown }).name);
    if (name?.endsWith(suffix) && name !== suffix) return name.slice(0, -suffix.length);
    ancestor = Object.getPrototypeOf(ancestor);
  }
  return undefined;
}
