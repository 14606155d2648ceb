import { cloudWatchError } from "./cloudwatch-error.ts";

export type ExpressionNode =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "id"; readonly id: string }
  | { readonly kind: "list"; readonly members: readonly ExpressionNode[] }
  | { readonly kind: "call"; readonly name: string; readonly members: readonly ExpressionNode[] }
  | {
      readonly kind: "operation";
      readonly operator: string;
      readonly left: ExpressionNode;
      readonly right: ExpressionNode;
    };

const precedence: readonly (readonly string[])[] = [["<", ">", "<=", ">=", "==", "!="], ["+", "-"], ["*", "/"], ["^"]];

/** Reads a metric math expression. Throws ValidationException, saying where it stopped understanding. */
export function parseExpression(expression: string): ExpressionNode {
  const tokens = expression.match(/\d+(?:\.\d+)?|[A-Za-z_]\w*|[<>=!]=|[-+*/^<>()[\],]|\S/g) ?? [];
  const parser = new Parser(tokens, expression);
  const node = parser.operation(0);
  parser.expectEnd();
  return node;
}

class Parser {
  readonly #tokens: readonly string[];
  readonly #expression: string;
  #next = 0;

  constructor(tokens: readonly string[], expression: string) {
    this.#tokens = tokens;
    this.#expression = expression;
  }

  operation(level: number): ExpressionNode {
    const operators = precedence[level];
    if (operators === undefined) return this.#primary();
    let left = this.operation(level + 1);
    for (let token = this.#peek(); token !== undefined && operators.includes(token); token = this.#peek()) {
      this.#next++;
      left = { kind: "operation", operator: token, left, right: this.operation(level + 1) };
    }
    return left;
  }

  expectEnd(): void {
    if (this.#peek() !== undefined) this.#fail();
  }

  #primary(): ExpressionNode {
    const token = this.#tokens[this.#next++];
    if (token === undefined) return this.#fail();
    if (/^\d/.test(token)) return { kind: "number", value: Number(token) };
    if (token === "-")
      return { kind: "operation", operator: "-", left: { kind: "number", value: 0 }, right: this.#primary() };
    if (token === "[") return { kind: "list", members: this.#members("]") };
    if (/^[A-Z]/.test(token)) {
      this.#expect("(");
      return { kind: "call", name: token, members: this.#members(")") };
    }
    if (/^[a-z]/.test(token)) return { kind: "id", id: token };
    if (token !== "(") return this.#fail();
    const inner = this.operation(0);
    this.#expect(")");
    return inner;
  }

  #members(end: string): ExpressionNode[] {
    const members: ExpressionNode[] = [];
    while (this.#peek() !== end) {
      members.push(this.operation(0));
      if (this.#peek() !== end) this.#expect(",");
    }
    this.#next++;
    return members;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#next];
  }

  #expect(token: string): void {
    if (this.#tokens[this.#next++] !== token) this.#fail();
  }

  #fail(): never {
    const read = this.#tokens.slice(0, this.#next).join(" ");
    throw cloudWatchError("ValidationException", `Error in expression '${this.#expression}' after '${read}'.`);
  }
}
