const deepest = 32;

interface Branch {
  [part: string]: string | Branch;
}

/**
 * The nested input of a query request: `Tags.member.1.Key=a` becomes `{ Tags: [{ Key: "a" }] }`.
 * Every value stays text; the service knows which members are numbers.
 */
export function parseQueryForm(form: URLSearchParams): Record<string, unknown> {
  const root: Branch = Object.create(null);
  for (const [path, value] of form) {
    const parts = path.split(".", deepest);
    const last = parts.pop()!;
    let branch = root;
    for (const part of parts) {
      if (typeof branch[part] !== "object") branch[part] = Object.create(null) as Branch;
      branch = branch[part];
    }
    branch[last] = value;
  }
  return Object.fromEntries(Object.entries(root).map(([name, value]) => [name, lists(value)]));
}

function lists(value: string | Branch): unknown {
  if (typeof value === "string") return value;
  const { member } = value;
  if (typeof member === "object" && Object.keys(value).length === 1) {
    return Object.keys(member)
      .sort((one, other) => Number(one) - Number(other))
      .map((index) => lists(member[index]!));
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, lists(inner)]));
}
