/** What an `Authorization` header of AWS Signature Version 4 says. */
export interface SignedAs {
  readonly accessKeyId: string;
  /** YYYYMMDD. */
  readonly date: string;
  readonly region: string;
  /** The signing name, such as `monitoring` for CloudWatch. */
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const pattern =
  /^AWS4-HMAC-SHA256 +Credential=([^/\s,]+)\/(\d{8})\/([^/\s,]+)\/([^/\s,]+)\/aws4_request, *SignedHeaders=([^\s,]+), *Signature=([0-9a-f]{64})$/;

/** Reads the header; undefined when it is not of that form. */
export function parseAuthorization(header: string | undefined): SignedAs | undefined {
  const parts = header === undefined ? null : pattern.exec(header);
  if (parts === null) return undefined;
  return {
    accessKeyId: parts[1]!,
    date: parts[2]!,
    region: parts[3]!,
    service: parts[4]!,
    signedHeaders: parts[5]!.split(";"),
    signature: parts[6]!,
  };
}
