const nameByClass = new WeakMap<object, string>();

/**
 * The service that threw an SDK error, from the name of its base class: `SecretsManagerServiceException`
 * gives `SecretsManager`. `undefined` for other errors and for code whose class names were minified.
 */
export function serviceNameOf(ownClass: unknown): string | undefined {
  if (typeof ownClass !== "function") return undefined;
  let name = nameByClass.get(ownClass);
  if (name === undefined) {
    // A modelled error extends its service's class; an unmodelled one is of that class.
    const names = `${Object.getPrototypeOf(ownClass)?.name} ${ownClass.name}`;
    name = /(\w+)ServiceException/.exec(names)?.[1] ?? "";
    nameByClass.set(ownClass, name);
  }
  return name || undefined;
}
