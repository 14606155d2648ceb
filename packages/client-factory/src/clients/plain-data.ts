/**
 * Whether two configurations say the same: plain objects and arrays by what is in them, everything else
 * (functions, instances of classes) by identity. A key whose value is `undefined` is as good as absent.
 */
export function sameData(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) && one.length === other.length && one.every((item, index) => sameData(item, other[index]))
    );
  }
  if (!isPlainObject(one) || !isPlainObject(other)) return false;
  return hasAllOf(one, other) && hasAllOf(other, one);
}

/** A copy of plain objects and arrays, so that a later change to them is not taken for what was asked before. */
export function copyData<Value>(value: Value): Value;
export function copyData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => copyData(item));
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyData(item)]));
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function hasAllOf(one: Record<string, unknown>, other: Record<string, unknown>): boolean {
  for (const key of Object.keys(one)) {
    if (!sameData(one[key], Object.hasOwn(other, key) ? other[key] : undefined)) return false;
  }
  return true;
}
