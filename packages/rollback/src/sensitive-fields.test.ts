import { expect, test } from "vitest";
import { randomBytes } from "./random-bytes.ts";
import { SensitiveFields } from "./sensitive-fields.ts";

const key = randomBytes(32);
const fields = (transaction: string) => new SensitiveFields(key, transaction, randomBytes);
const paths = [["password"], ["deep", "token"]];
const input = { user: "ann", password: "hunter2", deep: { token: "t0ken" } };

test("what is named is encrypted, each time anew, and read back; the rest stays as it is", () => {
  const [one, other] = [fields("t").seal(input, paths, 1), fields("t").seal(input, paths, 1)];
  expect(JSON.stringify(one)).not.toMatch(/hunter2|t0ken/);
  expect(one).toMatchObject({ user: "ann" });
  expect(one).not.toEqual(other);
  expect(fields("t").unseal(one, 1)).toEqual(input);
});

test("a sealed field that is moved to another step or transaction does not open", () => {
  const sealed = fields("t").seal(input, paths, 1);
  expect(() => fields("t").unseal(sealed, 2)).toThrow();
  expect(() => fields("u").unseal(sealed, 1)).toThrow();
});
