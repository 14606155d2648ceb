type Log = (message: string, fields?: Readonly<Record<string, unknown>>) => void;

/** Where this package says what it could not deliver. `console` fits; so does pino behind a two-line adapter. */
export interface Logger {
  readonly debug: Log;
  readonly info: Log;
  readonly warn: Log;
  readonly error: Log;
}
