import type { Classification } from "../classify/classification.ts";
import { classify } from "../classify/classify.ts";
import { fieldsOf, textOf } from "../classify/error-fields.ts";
import { redactText } from "../redact/redact-text.ts";
import type { RemediationContext, RemediationStep } from "./remediation.ts";
import { type RemediationFor, remediationFor } from "./remediation-for.ts";

export interface DescribeOptions {
  /** Whether to use ANSI colours. Default false. */
  readonly colour?: boolean | undefined;
  /** Whether to end with the stack trace and those of the causes. Default false. */
  readonly debug?: boolean | undefined;
  /** What is known where the error was caught: service, operation, region, profile. */
  readonly context?: RemediationContext | undefined;
  /** Default: {@link remediationFor}. */
  readonly remediationFor?: RemediationFor | undefined;
}

/**
 * An error for a person, without secrets: one line of what and where, its causes, and numbered steps with the
 * commands to run. Never throws, and never longer than a screen or two unless `debug` is set.
 */
export function describeError(
  error: unknown,
  { colour = false, debug = false, context, remediationFor: remedy = remediationFor }: DescribeOptions = {},
): string {
  const paint = colour ? painted : plain;
  const classification = classify(error, context);
  const remediation = remedy(error, context);
  const lines = [
    headline(error, classification, remediation.steps, paint),
    ...causesOf(error).map((cause) => paint("dim", `  because ${cause}`)),
  ];
  if (remediation.summary !== "" && remediation.summary !== messageOf(error))
    lines.push("", `  ${remediation.summary}`);
  if (remediation.steps.length > 0)
    lines.push("", ...remediation.steps.flatMap((step, index) => stepLines(step, index + 1, paint)));
  if (debug) lines.push("", paint("dim", stackOf(error)));
  return lines.join("\n");
}

type Style = "bold" | "dim" | "red" | "yellow" | "cyan";
type Paint = (style: Style, text: string) => string;

const ansi: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, yellow: 33, cyan: 36 };
const painted: Paint = (style, text) => `\u001b[${ansi[style]}m${text}\u001b[0m`;
const plain: Paint = (_style, text) => text;

function headline(
  error: unknown,
  { code, kind, service, operation, region, severity }: Classification,
  steps: readonly RemediationStep[],
  paint: Paint,
): string {
  const where = [service, operation].filter((part) => part !== undefined).join(" ");
  const place = [where, region].filter((part) => part !== undefined && part !== "").join(" in ");
  const name = paint(severity === "low" || severity === "medium" ? "yellow" : "red", code ?? kind);
  const message = withoutSteps(messageOf(error), steps);
  const said = message.startsWith(`${code}: `) ? message.slice(`${code}: `.length) : message; // Node's system errors do
  return `${paint("bold", name)}${place === "" ? "" : ` at ${place}`}: ${said || kind}`;
}

/** The message without the steps that it ends with, for logs, as the client factory's errors do: they follow, numbered. */
function withoutSteps(message: string, steps: readonly RemediationStep[]): string {
  const said = steps
    .map(({ text, command }) => (command === undefined ? `; ${text}` : `; ${text}: ${command}`))
    .join("");
  return message.endsWith(said) ? message.slice(0, message.length - said.length) : message;
}

const longestMessage = 2_000;

/** The message on one line, redacted. */
function messageOf(error: unknown): string {
  const text = read(error, "message") ?? (fieldsOf(error) === undefined ? String(error) : "");
  return redactText(text.slice(0, 4 * longestMessage), [])
    .replaceAll(/\p{Cc}+/gu, " ") // control characters would let a message rewrite the terminal
    .slice(0, longestMessage)
    .trim();
}

function read(error: unknown, key: string): string | undefined {
  try {
    return textOf(fieldsOf(error)?.[key]);
  } catch {
    return undefined;
  }
}

const mostCauses = 5;

function causesOf(error: unknown): readonly string[] {
  const causes: string[] = [];
  let at = causeOf(error);
  while (at !== undefined && causes.length < mostCauses) {
    const code = classify(at).code;
    const message = messageOf(at);
    causes.push(code === undefined || message.startsWith(code) ? message : `${code}: ${message}`);
    at = causeOf(at);
  }
  if (at !== undefined) causes.push("…");
  return causes;
}

function causeOf(error: unknown): unknown {
  try {
    return fieldsOf(error)?.cause;
  } catch {
    return undefined;
  }
}

function stepLines({ text, command, url }: RemediationStep, number: number, paint: Paint): readonly string[] {
  return [
    `  ${number}. ${text}`,
    ...(command === undefined ? [] : [`     ${paint("cyan", `$ ${command}`)}`]),
    ...(url === undefined ? [] : [`     ${paint("dim", url)}`]),
  ];
}

function stackOf(error: unknown): string {
  const stacks: string[] = [];
  let at: unknown = error;
  for (let depth = 0; at !== undefined && depth <= mostCauses; depth++) {
    const stack = read(at, "stack");
    if (stack !== undefined) stacks.push(redactText(stack.slice(0, 16_384), []));
    at = causeOf(at);
  }
  return stacks.join("\ncaused by ");
}
