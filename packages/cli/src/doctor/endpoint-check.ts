import { type Check, type CheckContext, fail, ok, warn } from "./check.ts";
import { endpointServices } from "./endpoint-services.ts";

const prefix = "AWS_ENDPOINT_URL_";

/** Endpoint variables: a misspelt one is ignored by the SDK, and the call goes to AWS itself. Values are read and never shown. */
export function endpointCheck({ io: { env } }: CheckContext): readonly Check[] {
  const names = Object.keys(env).filter((name) => name === "AWS_ENDPOINT_URL" || name.startsWith(prefix));
  const name = "aws endpoints";
  if (names.length === 0) return [ok(name, "No endpoint is overridden")];
  const problems = names.flatMap(
    (variable) => spelling(name, variable) ?? value(name, variable, env[variable] ?? "") ?? [],
  );
  if (/^true$/i.test(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS ?? "")) {
    problems.push(
      warn(
        name,
        `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS is true: ${names.join(", ")} count for nothing, and calls go to AWS itself`,
        "Unset it, if the endpoints are meant",
      ),
    );
  }
  return problems.length > 0 ? problems : [ok(name, `${names.join(", ")} ${names.length === 1 ? "is" : "are"} set`)];
}

function spelling(name: string, variable: string): Check | undefined {
  if (variable === "AWS_ENDPOINT_URL") return undefined;
  const service = variable.slice(prefix.length);
  if (endpointServices.includes(service)) return undefined;
  const meant = endpointServices.find((known) => isNear(service, known));
  const ignored = `${variable} names no service: the SDK ignores it, and calls go elsewhere, perhaps to AWS itself`;
  if (meant !== undefined) return fail(name, ignored, `Rename it ${prefix}${meant}`);
  return warn(
    name,
    `${variable} names no service that this command knows`,
    "Compare it with the SDK's service id: upper case, blanks as underscores",
  );
}

function value(name: string, variable: string, url: string): Check | undefined {
  if (url === "") return warn(name, `${variable} is empty, which counts as not set`, "Give it a URL, or unset it");
  if (/^https?:\/\/./i.test(url) && URL.canParse(url)) return undefined;
  return fail(
    name,
    `${variable} is not a URL with http:// or https://`,
    "Write it with its scheme, e.g. http://localhost:4566",
  );
}

/** Differs in underscores and case alone, or in one letter. */
function isNear(written: string, known: string): boolean {
  const [a, b] = [written, known].map((text) => text.toUpperCase().replaceAll(/[^A-Z0-9]/g, ""));
  return a === b || (b!.length > 3 && isOneLetterOff(a!, b!));
}

function isOneLetterOff(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let same = 0;
  while (same < Math.min(a.length, b.length) && a[same] === b[same]) same++;
  const [restA, restB] = [a.slice(same), b.slice(same)];
  const isSwapped = restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2);
  return isSwapped || restA.slice(1) === restB.slice(1) || restA.slice(1) === restB || restA === restB.slice(1);
}
