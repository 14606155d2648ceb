/** Whether `value` fits a pattern in which `*` stands for any text and `?` for any character. Linear, without backtracking traps. */
export function matchesPattern(pattern: string, value: string, ignoreCase = false): boolean {
  const wanted = ignoreCase ? pattern.toLowerCase() : pattern;
  const given = ignoreCase ? value.toLowerCase() : value;
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resumeAt = 0;
  while (at < given.length) {
    if (wanted[inPattern] === "*") {
      star = inPattern++;
      resumeAt = at;
    } else if (wanted[inPattern] === "?" || wanted[inPattern] === given[at]) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++resumeAt;
    } else return false;
  }
  while (wanted[inPattern] === "*") inPattern++;
  return inPattern === wanted.length;
}
