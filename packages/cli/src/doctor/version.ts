/** Whether a dotted version is at least another; a missing or unreadable part counts as 0. */
export function isAtLeast(version: string, floor: string): boolean {
  const [have, want] = [version, floor].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
  for (let index = 0; index < want!.length; index++) {
    const difference = (have![index] ?? 0) - want![index]!;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
