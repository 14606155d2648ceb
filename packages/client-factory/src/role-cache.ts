import { copyData, sameData } from "./clients/plain-data.ts";
import type { AssumeRoleOptions } from "./credentials/assume-role-options.ts";

interface Known<Factory> {
  readonly options: AssumeRoleOptions;
  readonly factory: Factory;
}

/** The factories of roles, by what was asked; the oldest is forgotten first, and works on for those who hold it. */
export class RoleCache<Factory> {
  readonly #byArn = new Map<string, Known<Factory>[]>();
  readonly #capacity: number;
  #size = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  find(options: AssumeRoleOptions): Factory | undefined {
    const known = this.#byArn.get(options.roleArn);
    if (known === undefined) return undefined;
    for (const role of known) {
      if (sameData(role.options, options)) return role.factory;
    }
    return undefined;
  }

  add(options: AssumeRoleOptions, factory: Factory): void {
    const known = this.#byArn.get(options.roleArn) ?? [];
    known.push({ options: copyData(options), factory });
    this.#byArn.set(options.roleArn, known);
    this.#size += 1;
    if (this.#size > this.#capacity) this.#forgetOldest();
  }

  factories(): Factory[] {
    return [...this.#byArn.values()].flat().map(({ factory }) => factory);
  }

  #forgetOldest(): void {
    for (const [arn, known] of this.#byArn) {
      known.shift();
      if (known.length === 0) this.#byArn.delete(arn);
      this.#size -= 1;
      return;
    }
  }
}
