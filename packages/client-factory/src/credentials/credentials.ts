/** A set of credentials, as the SDK has them. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** When they end; fixed keys have none. */
  readonly expiration?: Date | undefined;
  readonly accountId?: string | undefined;
}

/** The credentials in an answer of STS, or `undefined` if there are none. */
export function credentialsIn(answer: StsCredentials | undefined, accountId?: string): Credentials | undefined {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer ?? {};
  if (AccessKeyId === undefined || SecretAccessKey === undefined) return undefined;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(SessionToken === undefined ? {} : { sessionToken: SessionToken }),
    ...(Expiration === undefined ? {} : { expiration: Expiration }),
    ...(accountId === undefined ? {} : { accountId }),
  };
}

interface StsCredentials {
  readonly AccessKeyId: string | undefined;
  readonly SecretAccessKey: string | undefined;
  readonly SessionToken: string | undefined;
  readonly Expiration: Date | undefined;
}

export interface CredentialRequest {
  /** Fetch new ones, whatever is known. */
  readonly forceRefresh?: boolean;
  /** What the SDK's providers take from the client that asks; the factory fills it in. */
  readonly callerClientConfig?: never;
}

/** What the SDK takes as `credentials`: any of its own providers fits. */
export type CredentialProvider = (request?: CredentialRequest) => Promise<Credentials>;
