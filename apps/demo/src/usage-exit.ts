/** The command line cannot be understood, or asks for help: the message is what to print, `exitCode` how to end. */
export class UsageExit extends Error {
  override readonly name = "UsageExit";
  readonly exitCode: number;

  constructor(text: string, exitCode: number, options?: ErrorOptions) {
    super(text, options);
    this.exitCode = exitCode;
  }
}
