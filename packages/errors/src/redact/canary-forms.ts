const shortest = 4;
const longestEncoded = 4_096;

/** The forms in which a secret may stand in a text: plain, base64 at any offset, escaped for a URL or for JSON. The longest first. */
export function formsOf(canaries: Iterable<string>): readonly string[] {
  const forms = new Set<string>();
  for (const canary of canaries) {
    if (typeof canary !== "string" || canary.length < shortest) continue;
    const encoded = encodeURIComponent(canary.toWellFormed());
    for (const form of [canary, encoded, JSON.stringify(canary).slice(1, -1), ...base64Forms(canary)]) forms.add(form);
  }
  return [...forms].sort((a, b) => b.length - a.length); // one may contain another
}

const leadingByOffset = [0, 2, 3]; // characters that also hold bits of what stands before

/** What base64 makes of the text within a longer one, e.g. a Basic header: it depends on where it begins. */
function base64Forms(text: string): readonly string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text.slice(0, longestEncoded)));
  return leadingByOffset
    .map((leading, offset) => {
      const own = Math.floor(((offset + bytes.length) * 8) / 6); // characters without bits of what stands behind
      return btoa("\0".repeat(offset) + bytes).slice(leading, own);
    })
    .filter((form) => form.length >= shortest);
}
