import { type ErrorFields, fieldsOf } from "./error-fields.ts";

const suffix = "ServiceException";
const nameByClass = new WeakMap<object, string>();

/**
 * The service that threw an SDK error, from the name of its base class: `SecretsManagerServiceException`
 * gives `SecretsManager`. `undefined` for other errors and for code whose class names were minified.
 */
export function serviceNameOf(error: ErrorFields): string | undefined {
  const ownClass: unknown = error.constructor;
  if (typeof ownClass !== "function") return undefined;
  let name = nameByClass.get(ownClass);
  if (name === undefined) {
    // A modelled error extends its service's class; an unmodelled one is of that class.
    name = nameIn(ownClass) || nameIn(Object.getPrototypeOf(ownClass));
    nameByClass.set(ownClass, name);
  }
  return name || undefined;
}

function nameIn(errorClass: unknown): string {
  const name = `${fieldsOf(errorClass)?.name}`;
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : "";
}
