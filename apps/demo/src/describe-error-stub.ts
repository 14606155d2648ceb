export const describeError = (error: unknown, _: unknown): string => String((error as Error)?.stack);
