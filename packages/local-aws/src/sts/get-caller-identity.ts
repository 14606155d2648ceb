import type { Operation } from "../server/service.ts";

export const getCallerIdentity: Operation = (_input, { principal }) => ({
  UserId: principal.userId,
  Account: principal.account,
  Arn: principal.arn,
});
