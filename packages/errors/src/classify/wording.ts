// What the wording of a code says when the table does not list it, as a code that it does list. Codes are worded by
// custom; the first match decides.
const codesByWording: readonly (readonly [RegExp, string])[] = [
  [/Throttl/, "429"],
  [/(Limit|Quota|Count)(Exceed|Reached)|^TooMany/, "402"],
  [/AccessDenied|NotAuthorized|^Authoriz/, "403"],
  [/^Unauthorized|Signature|AccessKey|(Authentication|Identity)Token/, "NOAUTH"],
  [/^K(MS|ms)|cryption|^IncorrectKey|Ciphertext/, "Disabled"],
  [/NotFound|^NoSuch|DoesNotExist|NonExistent/, "404"],
  [/Exists|^Duplicate|Already|NameInUse/, "412"],
  [/InUse|Conflict|Concurrent|Aborted|Temporarily/, "409"],
  [/^(Internal|Service)/, "500"],
  [/NotReady/, "ResourceNotReady"],
  [/State(Exception)?$|Unmodifiable/, "PreconditionNotMet"],
  [/^(Invalid|Malformed|Missing|Unsupported|Bad)|Validation|TooL(arge|ong)|Mismatch/, "400"],
  [/^ERR_JOURNAL_(STORE|FULL|BROKEN|DAMAGED|CORRUPT)/, "EIO"],
  [/^ERR_JOURNAL/, "PreconditionNotMet"],
  [/^CERT_|^ERR_(SSL|TLS)_|SELF_SIGNED|^UNABLE_TO_/, "407"],
  [/^ERR_HTTP2/, "EPIPE"],
  [/^ERR_(INVALID_|MISSING_ARGS|OUT_OF_RANGE|ASSERTION)/, "SmithyError"],
];

// A code is worded the same for ever, so its like is kept; only so many and so long, as a code may be anything.
const mostKept = 500;
const longestKept = 100;
const kept = new Map<string, string>();

/** A known code like this one, by its wording; "" if it is not worded by custom. */
export function codeLike(code: string): string {
  const known = kept.get(code);
  if (known !== undefined) return known;
  const like = codesByWording.find(([wording]) => wording.test(code))?.[1] ?? "";
  if (kept.size < mostKept && code.length <= longestKept) kept.set(code, like);
  return like;
}
