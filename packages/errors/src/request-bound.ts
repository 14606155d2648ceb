const { navigator } = globalThis as { readonly navigator?: { readonly userAgent?: string } };

/**
 * Whether timers belong to the request in which they were set, and end with it, as in Cloudflare's Workers: calls of
 * several requests then cannot share one.
 */
export const isRequestBound: boolean = navigator?.userAgent === "Cloudflare-Workers";
