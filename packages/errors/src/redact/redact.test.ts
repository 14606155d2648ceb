import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRedactor, HoldfastError, OptionError, redact } from "../index.ts";

const secretKey = "wJalrXUtnFEMIbK7MDENGbPxRfiCYEXAMPLEKEY0";
const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";

describe("the five leaks of the old sanitiser", () => {
  test("JSON in a log line still showed its password", () => {
    const clean = redact('replicating {"username": "app", "password": "hunter2"}') as string;
    expect(clean).toBe('replicating {"username": "app", "password": "[redacted]"}');
  });

  test("nested JSON, escaped once more, still showed it", () => {
    const inner = JSON.stringify({ password: "hunter2", host: "db" });
    expect(JSON.stringify(redact({ detail: JSON.stringify({ SecretId: "a", body: inner }) }))).not.toContain("hunter2");
    expect(redact(`event ${JSON.stringify(inner)}`)).not.toContain("hunter2");
  });

  test("a secret's own value was logged under its AWS name", () => {
    expect(redact({ Name: "prod/db", SecretString: "hunter2", SecretBinary: new Uint8Array([1]) })).toEqual({
      Name: "prod/db",
      SecretString: "[redacted]",
      SecretBinary: "[redacted]",
    });
  });

  test("a value that spans lines was cut at the first", () => {
    const pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAKCAQEA\n-----END RSA PRIVATE KEY-----";
    expect(redact(`key:\n${pem}\ndone`)).toBe("key:\n[redacted]\ndone");
    expect(redact('password = "hunter\\n2, hunter3"')).toBe('password = "[redacted]"');
  });

  test("what replaced a secret broke the JSON around it", () => {
    const text = JSON.stringify({ password: 'hun"ter2', list: [{ token: "abc" }], n: 12 });
    expect(JSON.parse(redact(text) as string)).toEqual({
      password: "[redacted]",
      list: [{ token: "[redacted]" }],
      n: 12,
    });
  });
});

describe("by key", () => {
  test.each([
    "password",
    "Password",
    "db_password",
    "DB-PASSWORD",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "clientSecret",
    "SecretString",
    "secretAccessKey",
    "aws_secret_access_key",
    "accessKeyId",
    "sessionToken",
    "AWS_SESSION_TOKEN",
    "token",
    "idToken",
    "refreshTokens",
    "authorization",
    "Authorization",
    "cookie",
    "set-cookie",
    "apiKey",
    "x-api-key",
    "privateKey",
    "credentials",
    "connectionString",
    "signature",
    "X-Amz-Signature",
  ])("%s is a secret, whatever its value", (key) => {
    for (const value of ["x", 12_345_678, { nested: "x" }, ["x"], true])
      expect(redact({ [key]: value })).toEqual({ [key]: "[redacted]" });
  });

  test.each([
    "secretId",
    "SecretArn",
    "secretName",
    "secretNames",
    "secretsManager",
    "nextToken",
    "NextToken",
    "ClientRequestToken",
    "tokens",
    "maxTokens",
    "passwordLength",
    "credentialsExpiration",
    "secretVersionId",
    "name",
    "key",
    "keyId",
    "author",
    "tokenTtl",
    "secret_names",
  ])("%s is none", (key) => {
    expect(redact({ [key]: "x" })).toEqual({ [key]: "x" });
  });

  test("keys of your own, without case and punctuation", () => {
    expect(redact({ "Salary-EUR": 1, other: 2 }, { keys: ["salaryEur"] })).toEqual({
      "Salary-EUR": "[redacted]",
      other: 2,
    });
  });
});

describe("by shape", () => {
  test.each([
    ["an access key", "key AKIAIOSFODNN7EXAMPLE used", "key [redacted] used"],
    ["a temporary access key", "ASIAIOSFODNN7EXAMPLE", "[redacted]"],
    ["a secret access key", `is ${secretKey} ok`, "is [redacted] ok"],
    ["a session token", `IQoJb3JpZ2luX2Vj${"Ab1/".repeat(40)}==`, "[redacted]"],
    ...["IQoJ", "FwoG", "FQoG", "AQoD"].map((start) => [
      `a session token from ${start}`,
      `${start}${"Ab1/".repeat(40)}`,
      "[redacted]",
    ]),
    ["a JWT", `got ${jwt}.`, "got [redacted]."],
    ["a bearer header", "Authorization: Bearer abc.def-ghi123", "Authorization: Bearer [redacted]"],
    [
      "a password in a URL",
      "postgres://app:hunter2@db.internal:5432/app",
      "postgres://app:[redacted]@db.internal:5432/app",
    ],
    ["a password with an @ in a URL", "amqp://app:hun@ter2@mq/vhost", "amqp://app:[redacted]@mq/vhost"],
    [
      "a connection string",
      "Server=db;User Id=app;Password=hunter2;Encrypt=true",
      "Server=db;User Id=app;Password=[redacted];Encrypt=true",
    ],
    ["an account key", "AccountName=a;AccountKey=abc123;", "AccountName=a;AccountKey=[redacted];"],
    ["an assignment in quotes", "export API_TOKEN='abc def'", "export API_TOKEN='[redacted]'"],
    [
      "a signed URL",
      "https://b.s3.amazonaws.com/k?X-Amz-Signature=abc123&x=1",
      "https://b.s3.amazonaws.com/k?X-Amz-Signature=[redacted]&x=1",
    ],
  ])("%s", (_name, text, clean) => {
    expect(redact(text)).toBe(clean);
  });

  test.each([
    "User: arn:aws:iam::111122223333:user/x is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf",
    "The security token included in the request is expired",
    "Secrets Manager can't find the specified secret.",
    "commit da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "http://localhost:8080/path",
    "at 12:30:45, user@example.com",
    "/usr/local/lib/node_modules/some/path/file",
  ])("is left alone: %s", (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe("by value", () => {
  test("a canary is gone in every form, in keys too", () => {
    const canary = 'c4n"ary/v@lue';
    const value = {
      plain: `a ${canary} b`,
      base64: btoa(canary),
      url: encodeURIComponent(canary),
      json: JSON.stringify({ x: canary }),
      [canary]: 1,
    };
    const text = JSON.stringify(redact(value, { canaries: [canary] }));
    for (const form of [canary, btoa(canary).replace(/=+$/, ""), encodeURIComponent(canary), "ary/v"])
      expect(text).not.toContain(form);
  });

  test("a canary within longer base64 is gone, wherever it begins", () => {
    const canary = "c4n4ry-v@lue";
    for (const before of ["", "a", "ab", "abc", "user:"]) {
      for (const behind of ["", "x", "xy", "xyz"]) {
        const clean = redact(`sent ${btoa(before + canary + behind)}`, { canaries: [canary] }) as string;
        expect(clean, `${before}|${behind}`).toContain("[redacted]");
      }
    }
  });

  test("a canary that is not well-formed Unicode throws nothing", () => {
    expect(redact("a \ud800bcd", { canaries: ["\ud800bcd"] })).toBe("a [redacted]");
  });

  test("a secret learnt later is gone from then on", () => {
    const canaries = new Set<string>();
    const clean = createRedactor({ canaries });
    expect(clean("value s3cr3t-value")).toBe("value s3cr3t-value");
    canaries.add("s3cr3t-value");
    expect(clean("value s3cr3t-value")).toBe("value [redacted]");
  });

  test("one canary within another leaves no rest", () => {
    expect(redact("abcdefgh", { canaries: ["abcd", "abcdefgh"] })).toBe("[redacted]");
  });

  test("text too short to be a secret would redact everything, so it is ignored", () => {
    expect(redact("a banana", { canaries: ["a", ""] })).toBe("a banana");
  });
});

describe("structure", () => {
  test("what JSON cannot say is said in text", () => {
    const circular: Record<string, unknown> = {
      at: new Date(0),
      big: 10n,
      nan: Number.NaN,
      set: new Set([1]),
      bytes: new Uint8Array(3),
      call: () => {},
      symbol: Symbol("s"),
      map: new Map([["password", 1]]),
      url: new URL("https://u:p@h/"),
    };
    circular.self = circular;
    expect(redact(circular)).toEqual({
      at: "1970-01-01T00:00:00.000Z",
      big: "10",
      nan: "NaN",
      set: [1],
      bytes: "[3 bytes]",
      call: "[function]",
      symbol: "[symbol]",
      map: { password: "[redacted]" },
      url: "https://u:[redacted]@h/",
      self: "[circular]",
    });
  });

  test("the same object twice is not a circle", () => {
    const shared = { a: 1 };
    expect(redact([shared, shared])).toEqual([shared, shared]);
  });

  test("an error keeps its name, message, cause and facts, and loses its stack", () => {
    const error = new HoldfastError(
      "login with password=hunter2 failed",
      { code: "E", kind: "authentication", context: { password: "x" } },
      { cause: new Error("pwd: hunter3") },
    );
    expect(redact(error)).toMatchObject({
      name: "HoldfastError",
      message: "login with password=[redacted] failed",
      code: "E",
      context: { password: "[redacted]" },
      cause: { message: "pwd: [redacted]" },
    });
    expect(JSON.stringify(redact(error))).not.toMatch(/hunter|stack/);
  });

  test("a getter that throws, a proxy that throws and toJSON are no way in or out", () => {
    const hostile = {
      get bad(): never {
        throw new Error("no");
      },
      proxy: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("no");
          },
        },
      ),
      toJSON: () => ({ password: "hunter2" }),
    };
    expect(redact(hostile)).toEqual({ bad: "[unreadable]", proxy: "[unreadable]", toJSON: "[function]" });
  });

  test("a key named __proto__ is data", () => {
    const clean = redact(JSON.parse('{"__proto__": {"polluted": true}}')) as object;
    expect(Object.getPrototypeOf(clean)).toBe(Object.prototype);
    expect(JSON.stringify(clean)).toBe('{"__proto__":{"polluted":true}}');
  });

  test("JSON text without secrets keeps its bytes, big integers included", () => {
    const text = '{ "n": 12345678901234567890,  "x": 1.0 }';
    expect(redact(text)).toBe(text);
  });
});

describe("bounds", () => {
  test("depth", () => {
    expect(redact({ a: { b: { c: 1 } } }, { maxDepth: 2 })).toEqual({ a: { b: "[too deep]" } });
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth++) deep = [deep];
    expect(JSON.stringify(redact(deep))).toContain("[too deep]");
  });

  test("size", () => {
    const clean = redact(
      Array.from({ length: 100 }, () => 1),
      { maxValues: 10 },
    ) as unknown[];
    expect(clean.length).toBeLessThanOrEqual(11);
    expect(clean.at(-1)).toBe("[too much]");
  });

  test("text", () => {
    expect(redact("abcdefgh", { maxTextLength: 4 })).toBe("abcd… (4 more characters)");
  });

  test("a secret across the cut does not show its first half", () => {
    const text = `${"x ".repeat(8)}${jwt}`;
    for (let maxTextLength = 1; maxTextLength < text.length; maxTextLength++) {
      expect(redact(text, { maxTextLength })).not.toContain("eyJ");
    }
  });

  test("an option that there is not is refused: a misspelt `canaries` would keep nothing back", () => {
    expect(() => redact("x", { canary: ["x"] } as never)).toThrow("Expected `canary` to be left out");
  });

  test.each([{ maxDepth: 0 }, { maxValues: -1 }, { maxTextLength: 0.5 }])("%o is refused", (options) => {
    expect(() => redact(1, options)).toThrow(OptionError);
  });

  // A pattern that backtracks takes minutes for these; a linear one milliseconds.
  test.each([
    "a-",
    "eyJ-",
    "eyJaaaaaaaa.",
    "://a:",
    "://",
    "password=",
    'password="',
    '\\"',
    'token\\"',
    "-----BEGIN PRIVATE KEY-----",
    "{",
    '[{"',
    "bearer ",
    "secret",
    "pass-",
    "A",
    "AKIA",
    "token=\\'",
    "access:",
    "token:'",
    "Zz9+",
    " ",
    "=",
    "IQoJ",
  ])("200,000 characters of %j take no longer than they must", (unit) => {
    const text = unit.repeat(200_000 / unit.length);
    const before = process.cpuUsage(); // of this process alone: the others on the machine do not count
    redact(text, { maxTextLength: 1_000_000 });
    expect(process.cpuUsage(before).user).toBeLessThan(1_500_000);
  });

  test("any structure of pieces like these, in linear time, without a throw, as valid JSON", () => {
    const piece = fc.constantFrom(
      '"',
      "\\",
      "'",
      "password",
      "token",
      ":",
      "=",
      "{",
      "}",
      "eyJ",
      ".",
      "://",
      "@",
      "-----BEGIN PRIVATE KEY-----",
      "AKIA",
      " ",
      "a",
      "\n",
      "Bearer ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 400 }), (pieces) => {
        const clean = redact({ text: pieces.join(""), list: pieces });
        expect(JSON.parse(JSON.stringify(clean))).toEqual(clean);
        expect(redact(clean)).toEqual(clean); // redacted again, it stays as it is
      }),
      { numRuns: 500, seed: 4 },
    );
  });

  test("a secret stays hidden wherever it is put", () => {
    const value = "hunter2hunter2";
    fc.assert(
      fc.property(
        fc.constantFrom("password", "SecretString", "api_key", "Authorization", "sessionToken"),
        fc.array(fc.constantFrom("object", "array", "json", "error", "map"), { maxLength: 5 }),
        (key, layers) => {
          let holder: unknown = { [key]: value };
          for (const layer of layers) holder = wrap(layer, holder);
          expect(JSON.stringify(redact(holder))).not.toContain(value);
        },
      ),
      { numRuns: 500, seed: 5 },
    );
  });
});

function wrap(layer: string, holder: unknown): unknown {
  switch (layer) {
    case "array":
      return ["before", holder];
    case "json":
      return JSON.stringify(holder);
    case "error":
      return Object.assign(new Error("failed"), { details: holder });
    case "map":
      return new Map([["detail", holder]]);
    default:
      return { detail: holder };
  }
}
