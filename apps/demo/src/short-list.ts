const most = 10;

/** The first ten of a list, and how many more there are. */
export function shortList(items: readonly string[]): string {
  const more = items.length - most;
  return more <= 0 ? items.join(", ") : `${items.slice(0, most).join(", ")} and ${more} more`;
}
