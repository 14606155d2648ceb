/** An Amazon Resource Name, taken apart. */
export interface Arn {
  readonly partition: string;
  readonly service: string;
  /** Empty for global resources. */
  readonly region: string;
  /** Empty where the service has none, e.g. for S3. */
  readonly accountId: string;
  readonly resource: string;
}

/** The parts of an ARN, or `undefined` if the text is none. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:([a-z0-9-]+):([a-z0-9-]+):([a-z0-9-]*):([a-z0-9-]*):(.+)$/.exec(text);
  if (match === null) return undefined;
  const [, partition = "", service = "", region = "", accountId = "", resource = ""] = match;
  return { partition, service, region, accountId, resource };
}

/** The role behind an assumed-role session, whose policies decide; any other principal as it is. A role's path is not in a session's ARN. */
export function principalBehind(text: string): string {
  const arn = parseArn(text);
  const role = arn?.service === "sts" ? /^assumed-role\/([^/]+)/.exec(arn.resource)?.[1] : undefined;
  return arn === undefined || role === undefined ? text : `arn:${arn.partition}:iam::${arn.accountId}:role/${role}`;
}
