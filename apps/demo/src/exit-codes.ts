/** How the program ends. */
export const exitCodes = {
  ok: 0,
  error: 1,
  /** It failed, and everything is as it was before. */
  rolledBack: 3,
  /** Some destinations have it, others do not and are as they were. */
  partial: 4,
  /** It failed, and not everything could be undone: a person has to look. */
  notRolledBack: 5,
  usage: 64,
  interrupted: 130,
} as const;
