/** Whether this is a system error with that code. */
export function hasCode(error: unknown, code: string): boolean {
  return (error as { readonly code?: unknown } | null)?.code === code;
}
