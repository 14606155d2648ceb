/** What the process ends with. */
export const exitCode = {
  ok: 0,
  /** It failed, or something is damaged. */
  error: 1,
  /** Something waits for a person, or was not recovered. */
  parked: 5,
  /** The command line is wrong; `EX_USAGE` of sysexits.h. */
  usage: 64,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];
