import { createHmac } from "node:crypto";
import { letters32, lettersAndDigits, type Random, randomText } from "../random.ts";
import type { Principal } from "./principal.ts";

/** Credentials in the shape the SDK takes. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** What the endpoint knows of an access key. */
export interface KnownKey {
  readonly secretAccessKey: string;
  readonly account: string;
  /** Set on temporary credentials. */
  readonly session?: Session | undefined;
}

export interface Session {
  readonly token: string;
  readonly expiresAt: number;
  readonly principal: Principal;
}

const prefix = "AKIALOCL";
const sessionsKept = 20_000;

/** The permanent key of an account's local user: derived from the account alone, so that other processes can know it too. */
export function accountCredentials(account: string): Credentials {
  const accessKeyId = `${prefix}${account}`;
  const secretAccessKey = createHmac("sha256", "local-aws").update(accessKeyId).digest("base64").slice(0, 40);
  return { accessKeyId, secretAccessKey };
}

/** Every access key that can sign: one per account, those given, and those of sessions. */
export class AccessKeys {
  readonly #keys = new Map<string, KnownKey>();
  readonly #sessions = new Map<string, KnownKey>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  add(accessKeyId: string, key: KnownKey): void {
    this.#keys.set(accessKeyId, key);
  }

  find(accessKeyId: string): KnownKey | undefined {
    return this.#keys.get(accessKeyId) ?? this.#sessions.get(accessKeyId) ?? this.#accountKey(accessKeyId);
  }

  /** New temporary credentials for `principal`. The oldest session is forgotten beyond 20,000. */
  openSession(principal: Principal, expiresAt: number): Credentials {
    const accessKeyId = `ASIA${randomText(this.#random, 16, letters32)}`;
    const secretAccessKey = randomText(this.#random, 40, lettersAndDigits);
    const token = `FwoGZXIvYXdzE${randomText(this.#random, 200, lettersAndDigits)}`;
    this.#sessions.set(accessKeyId, {
      secretAccessKey,
      account: principal.account,
      session: { token, expiresAt, principal },
    });
    if (this.#sessions.size > sessionsKept) this.#sessions.delete(this.#sessions.keys().next().value!);
    return { accessKeyId, secretAccessKey, sessionToken: token, expiration: new Date(expiresAt) };
  }

  #accountKey(accessKeyId: string): KnownKey | undefined {
    if (!accessKeyId.startsWith(prefix) || !/^\d{12}$/.test(accessKeyId.slice(prefix.length))) return undefined;
    const account = accessKeyId.slice(prefix.length);
    const key = { account, secretAccessKey: accountCredentials(account).secretAccessKey };
    this.#keys.set(accessKeyId, key);
    return key;
  }
}
