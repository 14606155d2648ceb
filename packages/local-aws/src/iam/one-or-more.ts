/** Policies write one value bare and several as a list. */
export type OneOrMore<Value> = Value | readonly Value[];

export function asList<Value>(value: OneOrMore<Value> | undefined): readonly Value[] {
  if (value === undefined) return [];
  return isReadonlyList(value) ? value : [value];
}

function isReadonlyList<Value>(value: OneOrMore<Value>): value is readonly Value[] {
  return Array.isArray(value);
}
