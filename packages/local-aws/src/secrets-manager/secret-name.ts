/** Whether Secrets Manager takes `name`: 1 to 512 letters, digits, or any of `/_+=.@!-`. */
export function isSecretName(name: string): boolean {
  return /^[A-Za-z0-9/_+=.@!-]{1,512}$/.test(name);
}
