/** The account in an ARN; empty where it names none. */
export function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}
