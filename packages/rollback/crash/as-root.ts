import { execFileSync } from "node:child_process";

/** Whether commands can be run as root: by root itself, or by `sudo` without a password. */
export function canBeRoot(): boolean {
  if (process.getuid?.() === 0) return true;
  return succeeds("sudo", ["-n", "true"]);
}

/** Runs a command as root; throws with what it complained of. */
export function asRoot(command: string, ...args: readonly string[]): string {
  const [first, rest] = process.getuid?.() === 0 ? [command, args] : ["sudo", ["-n", command, ...args]];
  return execFileSync(first, rest, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

export function succeeds(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
