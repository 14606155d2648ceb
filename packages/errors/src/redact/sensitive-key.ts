// Keys as they are compared: lower case, letters and digits alone, so that `secret_access_key`, `SecretAccessKey`
// and `secret-access-key` are one.
const wordsAnywhere =
  /passw(or)?d|passphrase|secret|privatekey|apikey|accesskey|accountkey|sharedkey|authorization|credential|connectionstring|signature$/;
const wordsAlone =
  /^(pwd|pin|otp|mfacode|tokencode|auth|bearer|jwt|cookie|setcookie|sessioncookie|dsn|plaintext|ciphertextblob)$/;
const tokens = /token$|(access|refresh|id|session|auth|bearer|security)tokens$/;

// What names a secret, says how many or how long, or is public by design. `tokens` counts, e.g. those of a retry budget.
const namesOnly =
  /(id|ids|arn|arns|name|names|count|version|versions|length|size|bytes|ttl|expiry|expiration|expiresat|type|kind|filter|prefix|path|url|provider|providererror|manager|rotation|replicator|policy)$|^(next|continuation|clientrequest|pagination)token$|^secretsmanager|^secrets$/;

/** Whether what is kept under this key is a secret, whatever it looks like. */
export function isSensitiveKey(key: string): boolean {
  if (key.length > 128) return false;
  const word = key.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  if (wordsAlone.test(word) || /^(aws)?accesskeyid$/.test(word)) return true;
  return (wordsAnywhere.test(word) || tokens.test(word)) && !namesOnly.test(word);
}
