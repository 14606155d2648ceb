import { Timestamp } from "./timestamp.ts";

/** What CBOR (RFC 8949) carries here: plain data, blobs as bytes, moments as `Timestamp` going out and seconds coming in. */
export type CborValue = unknown;

const epochTag = 1;

/** Encodes plain data. Members that are undefined are left out. */
export function encodeCbor(value: CborValue): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

/** Decodes one item. Throws RangeError when the bytes end early, TypeError when they are not CBOR. */
export function decodeCbor(bytes: Uint8Array): CborValue {
  const reader = new CborReader(bytes);
  return reader.item();
}

function write(value: unknown, parts: Uint8Array[]): void {
  if (value === null || value === undefined) parts.push(Uint8Array.of(0xf6));
  else if (typeof value === "boolean") parts.push(Uint8Array.of(value ? 0xf5 : 0xf4));
  else if (typeof value === "number") writeNumber(value, parts);
  else if (typeof value === "string") {
    const bytes = Buffer.from(value);
    parts.push(head(3, bytes.length), bytes);
  } else if (value instanceof Uint8Array) parts.push(head(2, value.length), value);
  else if (value instanceof Timestamp) {
    parts.push(head(6, epochTag));
    writeNumber(value.ms / 1_000, parts);
  } else if (Array.isArray(value)) {
    parts.push(head(4, value.length));
    for (const member of value) write(member, parts);
  } else writeMap(value, parts);
}

function writeMap(value: object, parts: Uint8Array[]): void {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  parts.push(head(5, members.length));
  for (const [name, member] of members) {
    write(name, parts);
    write(member, parts);
  }
}

function writeNumber(value: number, parts: Uint8Array[]): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) {
    parts.push(value < 0 ? head(1, -1 - value) : head(0, value));
    return;
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = 0xfb;
  bytes.writeDoubleBE(value, 1);
  parts.push(bytes);
}

function head(major: number, length: number): Uint8Array {
  const type = major << 5;
  if (length < 24) return Uint8Array.of(type | length);
  if (length < 0x100) return Uint8Array.of(type | 24, length);
  if (length < 0x10000) return Uint8Array.of(type | 25, length >> 8, length & 0xff);
  const bytes = Buffer.alloc(length < 0x1_0000_0000 ? 5 : 9);
  bytes[0] = type | (bytes.length === 5 ? 26 : 27);
  if (bytes.length === 5) bytes.writeUInt32BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

const stop = Symbol("stop");

class CborReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  item(): unknown {
    const first = this.#bytes.readUInt8(this.#at++);
    const major = first >> 5;
    const detail = first & 31;
    if (major === 7) return this.#simple(detail);
    const length = detail === 31 ? undefined : this.#length(detail);
    if (major === 0) return length;
    if (major === 1) return -1 - (length ?? 0);
    if (major === 2) return Uint8Array.from(this.#chunks(length));
    if (major === 3) return this.#chunks(length).toString("utf8");
    if (major === 4) return this.#list(length);
    if (major === 5) return this.#map(length);
    return this.item(); // a tag: only the epoch is used here, and its content is the seconds
  }

  #simple(detail: number): unknown {
    if (detail === 31) return stop;
    if (detail === 20 || detail === 21) return detail === 21;
    if (detail === 22 || detail === 23) return undefined;
    const size = detail === 25 ? 2 : detail === 26 ? 4 : detail === 27 ? 8 : 0;
    if (size === 0) throw new TypeError(`CBOR simple value ${detail} is not understood`);
    this.#at += size;
    if (size === 8) return this.#bytes.readDoubleBE(this.#at - 8);
    return size === 4 ? this.#bytes.readFloatBE(this.#at - 4) : halfFloat(this.#bytes.readUInt16BE(this.#at - 2));
  }

  #length(detail: number): number {
    if (detail < 24) return detail;
    if (detail > 27) throw new TypeError(`CBOR length ${detail} is reserved`);
    const size = 1 << (detail - 24);
    this.#at += size;
    if (size === 8) return Number(this.#bytes.readBigUInt64BE(this.#at - 8));
    return this.#bytes.readUIntBE(this.#at - size, size);
  }

  // Of a known length, or in chunks until a stop.
  #chunks(length: number | undefined): Buffer {
    if (length !== undefined) {
      this.#at += length;
      if (this.#at > this.#bytes.length) throw new RangeError("The CBOR item ends early");
      return this.#bytes.subarray(this.#at - length, this.#at);
    }
    const chunks: Buffer[] = [];
    for (let chunk = this.item(); chunk !== stop; chunk = this.item()) {
      chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk as Uint8Array));
    }
    return Buffer.concat(chunks);
  }

  #list(length: number | undefined): unknown[] {
    const members: unknown[] = [];
    for (let left = length ?? Number.POSITIVE_INFINITY; left > 0; left--) {
      const member = this.item();
      if (member === stop) break;
      members.push(member);
    }
    return members;
  }

  #map(length: number | undefined): Record<string, unknown> {
    const members: [string, unknown][] = [];
    for (let left = length ?? Number.POSITIVE_INFINITY; left > 0; left--) {
      const name = this.item();
      if (name === stop) break;
      members.push([String(name), this.item()]);
    }
    return Object.fromEntries(members);
  }
}

function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1_024) * 2 ** (exponent - 15);
}
