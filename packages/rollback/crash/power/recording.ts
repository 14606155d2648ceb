import { readFileSync } from "node:fs";

export interface DiskCall {
  /** Open, write, truncate, unlink, sync. */
  readonly kind: "O" | "W" | "T" | "U" | "S";
  readonly file: string;
  /** Of a write, or the size of a truncation. */
  readonly offset: number;
  readonly data: Buffer;
}

/** What the shim recorded, in order. */
export function readRecording(path: string): readonly DiskCall[] {
  const bytes = readFileSync(path);
  const calls: DiskCall[] = [];
  for (let at = 0; at < bytes.length; ) {
    const kind = String.fromCharCode(bytes[at]!) as DiskCall["kind"];
    const nameLength = bytes.readUInt32LE(at + 1);
    const offset = Number(bytes.readBigUInt64LE(at + 5));
    const length = kind === "W" ? Number(bytes.readBigUInt64LE(at + 13)) : 0;
    const data = at + 21 + nameLength;
    calls.push({
      kind,
      file: bytes.toString("utf8", at + 21, data),
      offset,
      data: bytes.subarray(data, data + length),
    });
    at = data + length;
  }
  return calls;
}
