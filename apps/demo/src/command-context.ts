import type { Screen } from "./screen/screen.ts";

/** What every command is given besides its settings. */
export interface CommandContext {
  readonly screen: Screen;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
}
