import { OptionError } from "@holdfast/errors";

export interface RoleArn {
  readonly arn: string;
  readonly partition: string;
  readonly account: string;
  /** The role's name, without its path. */
  readonly name: string;
}

/** Takes a role's ARN apart: `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`. Throws an OptionError for anything else. */
export function parseRoleArn(option: string, arn: unknown): RoleArn {
  const match =
    typeof arn === "string"
      ? /^arn:([\w-]+):iam::(\d{12}):role\/(?:[\w+=,.@/-]*\/)?([\w+=,.@-]{1,64})$/.exec(arn)
      : null;
  const [, partition, account, name] = match ?? [];
  if (partition === undefined || account === undefined || name === undefined) {
    throw new OptionError(option, "the ARN of a role, e.g. arn:aws:iam::123456789012:role/Deploy", arn);
  }
  return { arn: arn as string, partition, account, name };
}
