/**
 * The template with each `{name}` filled in. A part in square brackets is left out when a name in it is not
 * known; elsewhere an unknown name reads `<name>`.
 */
export function fillIn(
  template: string,
  parameters: Readonly<Record<string, string>>,
  encode: (value: string) => string = (value) => value,
): string {
  const known = (name: string): boolean => Object.hasOwn(parameters, name);
  return template
    .replaceAll(/\[([^[\]]*\{\w+\}[^[\]]*)\]/g, (_match, part: string) => (namesIn(part).every(known) ? part : ""))
    .replaceAll(/\{(\w+)\}/g, (_match, name: string) => (known(name) ? encode(parameters[name] ?? "") : `<${name}>`));
}

function namesIn(part: string): readonly string[] {
  return [...part.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
}
