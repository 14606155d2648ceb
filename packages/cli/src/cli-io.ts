/** All that a command may touch of the process it runs in; tests give their own. */
export interface CliIo {
  /** Writes to standard output. */
  readonly out: (text: string) => void;
  /** Writes to standard error. */
  readonly err: (text: string) => void;
  /** All of standard input, as text. */
  readonly readStdin: () => Promise<string>;
  /** Asks a person at the terminal and resolves with the line typed; absent when there is no terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Whether standard output is a terminal that shows colours; `NO_COLOR` in `env` overrules it. */
  readonly colours: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Relative paths are taken from here. */
  readonly cwd: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Of Node and its SQLite, e.g. `24.15.0` and `3.51.3`. */
  readonly versions: { readonly node: string; readonly sqlite: string | undefined };
  /**
   * Takes Ctrl-C over, for commands that must not be cut short: the signal aborts at the first, and the second ends the process. A command that
   * does not call it is ended by the first.
   */
  readonly interrupted?: (() => AbortSignal) | undefined;
}
