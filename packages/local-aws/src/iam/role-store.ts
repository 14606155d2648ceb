import { assertKnownOptions, type KnownOptions } from "../known-options.ts";
import { assertAccount, assertNumber } from "../option-error.ts";
import { letters32, type Random, randomText } from "../random.ts";
import type { PolicyDocument } from "./policy-document.ts";

/** A role to start with, or to add by `createRole`. */
export interface RoleOptions {
  readonly account: string;
  readonly name: string;
  /** Accounts (twelve digits) or ARNs that may assume it. Default: its own account. */
  readonly trusts?: readonly string[] | undefined;
  /** The external id that the trust policy demands. */
  readonly externalId?: string | undefined;
  /** A trust policy in full, in place of `trusts` and `externalId`. */
  readonly trustPolicy?: PolicyDocument | undefined;
  /** What its sessions may do. Default: everything. */
  readonly policy?: PolicyDocument | undefined;
  /** Longest session, in seconds, 3,600 to 43,200. Default 3,600. */
  readonly maxSessionSeconds?: number | undefined;
}

export interface Role {
  readonly account: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly id: string;
  readonly createdAt: number;
  readonly description?: string | undefined;
  readonly policies: Map<string, PolicyDocument>;
  trustPolicy: PolicyDocument;
  maxSessionSeconds: number;
}

/** The roles of every account. IAM is global: a role is the same in every region. */
export class RoleStore {
  readonly #roleByName = new Map<string, Role>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  find(account: string, name: string): Role | undefined {
    return this.#roleByName.get(`${account}/${name}`);
  }

  list(account: string): readonly Role[] {
    return [...this.#roleByName.values()].filter((role) => role.account === account);
  }

  add(role: Omit<Role, "id" | "policies">): Role {
    const added: Role = { ...role, id: `AROA${randomText(this.#random, 17, letters32)}`, policies: new Map() };
    this.#roleByName.set(`${role.account}/${role.name}`, added);
    return added;
  }

  delete(role: Role): void {
    this.#roleByName.delete(`${role.account}/${role.name}`);
  }

  /** Adds a role from options, with all the checks of an option. */
  addFromOptions(options: RoleOptions, createdAt: number): Role {
    assertKnownOptions("a role", options, roleOptionKeys);
    assertAccount("account", options.account);
    const { account, name, maxSessionSeconds = 3_600 } = options;
    assertNumber("maxSessionSeconds", maxSessionSeconds, { min: 3_600, max: 43_200 });
    const arn = `arn:aws:iam::${account}:role/${name}`;
    const trustPolicy = options.trustPolicy ?? trustPolicyOf(options);
    const role = this.add({ account, name, path: "/", arn, createdAt, trustPolicy, maxSessionSeconds });
    role.policies.set("policy", options.policy ?? everything);
    return role;
  }
}

const roleOptionKeys: KnownOptions<keyof RoleOptions> = {
  account: true,
  name: true,
  trusts: true,
  externalId: true,
  trustPolicy: true,
  policy: true,
  maxSessionSeconds: true,
};

const everything: PolicyDocument = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };

function trustPolicyOf({ account, trusts = [account], externalId }: RoleOptions): PolicyDocument {
  const principals = trusts.map((trusted) => (/^\d{12}$/.test(trusted) ? `arn:aws:iam::${trusted}:root` : trusted));
  const Action = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
  const condition = externalId === undefined ? {} : { Condition: { StringEquals: { "sts:ExternalId": externalId } } };
  return { Statement: { Effect: "Allow", Principal: { AWS: principals }, Action, ...condition } };
}
