const prefix = "AWS_ENDPOINT_URL_";

/** An environment variable that was meant for a service and that the SDK does not read. */
export interface MisspeltVariable {
  readonly variable: string;
  /** What the SDK reads for this service. */
  readonly expected: string;
}

/**
 * Variables like `AWS_ENDPOINT_URL_SECRETSMANAGER`, which the SDK passes over in silence to go to AWS itself: it
 * wants the service's id in capitals with an underscore for each space, `AWS_ENDPOINT_URL_SECRETS_MANAGER`.
 *
 * @param serviceId As the client's configuration has it, e.g. `Secrets Manager`.
 * @param otherNames What else people call the service, e.g. `SecretsManager`.
 */
export function misspeltVariables(
  environment: Readonly<Record<string, string | undefined>>,
  serviceId: string,
  otherNames: readonly string[],
): MisspeltVariable[] {
  const expected = prefix + serviceId.toUpperCase().replaceAll(/[ -]/g, "_");
  const meant = new Set([serviceId, ...otherNames].map(lettersOf));
  return Object.keys(environment)
    .filter(
      (variable) => variable.toUpperCase().startsWith(prefix) && variable !== expected && environment[variable] !== "",
    )
    .filter((variable) => isMeant(lettersOf(variable.slice(prefix.length)), meant))
    .map((variable) => ({ variable, expected }));
}

function isMeant(letters: string, meant: ReadonlySet<string>): boolean {
  if (meant.has(letters)) return true;
  // Short names are too close to each other: SQS and SNS are one letter apart.
  return [...meant].some((name) => name.length >= 8 && editDistance(letters, name) <= 2);
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z\d]/g, "");
}

/** How many letters must be put in, left out, changed or swapped with a neighbour to make one name of the other. */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const same = one[row - 1] === other[column - 1];
      const cost = Math.min(last[column]! + 1, current[column - 1]! + 1, last[column - 1]! + (same ? 0 : 1));
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      current.push(swapped ? Math.min(cost, beforeLast[column - 2]! + 1) : cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[other.length]!;
}
