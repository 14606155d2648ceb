import { flag, number, text } from "../protocol/members.ts";
import type { Fields } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Random } from "../random.ts";
import type { Operation } from "../server/service.ts";
import type { SecretStore } from "./secret-store.ts";

const longest = 4_096;
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

/** A password of 32 characters, or as asked, with one of each kind that is not excluded. The endpoint's seed decides it. */
export function getRandomPassword(store: SecretStore): Operation {
  return (input) => {
    const length = number(input, "PasswordLength") ?? 32;
    const kinds = readKinds(input);
    if (!Number.isInteger(length) || length < 1 || length > longest) {
      const bound = length < 1 ? "greater than or equal to 1" : `less than or equal to ${longest}`;
      throw new ServiceError(
        "ValidationException",
        `1 validation error detected: Value '${length}' at 'passwordLength' failed to satisfy constraint: Member must have value ${bound}`,
      );
    }
    if (kinds.length === 0)
      throw invalid("The password cannot be generated because all of its characters are excluded.");
    const each = (flag(input, "RequireEachIncludedType") ?? true) ? kinds : [];
    if (each.length > length) throw invalid("Password length is too short based on the required types.");
    const all = kinds.join("");
    const characters = [...each, ...Array.from({ length: length - each.length }, () => all)].map((kind) =>
      pick(store.random, kind),
    );
    return { RandomPassword: shuffled(store.random, characters).join("") };
  };
}

function readKinds(input: Fields): readonly string[] {
  const excluded = new Set(text(input, "ExcludeCharacters") ?? "");
  const kinds: readonly (readonly [string, boolean | undefined])[] = [
    ["abcdefghijklmnopqrstuvwxyz", flag(input, "ExcludeLowercase")],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZ", flag(input, "ExcludeUppercase")],
    ["0123456789", flag(input, "ExcludeNumbers")],
    [punctuation, flag(input, "ExcludePunctuation")],
    [" ", !flag(input, "IncludeSpace")],
  ];
  return kinds
    .filter(([, without]) => without !== true)
    .map(([characters]) => [...characters].filter((character) => !excluded.has(character)).join(""))
    .filter((characters) => characters !== "");
}

function pick(random: Random, characters: string): string {
  return characters[Math.floor(random() * characters.length)]!;
}

function shuffled(random: Random, characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [characters[last], characters[other]] = [characters[other]!, characters[last]!];
  }
  return characters;
}

function invalid(message: string): ServiceError {
  return new ServiceError("InvalidParameterException", message);
}
