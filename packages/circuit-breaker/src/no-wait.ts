/**
 * Options for a circuit under test: it opens as usual, and the next call is already a probe.
 * Spread them over a circuit's own: `circuitBreaker({ ...options, ...noWait() })`.
 */
export function noWait(): { readonly openMs: 0 } {
  return { openMs: 0 };
}
