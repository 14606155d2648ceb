/** A moment, written as each protocol wants it: epoch seconds in JSON and CBOR, ISO 8601 in XML. */
export class Timestamp {
  readonly ms: number;

  constructor(ms: number) {
    this.ms = ms;
  }

  toJSON(): number {
    return this.ms / 1_000;
  }

  toISOString(): string {
    return new Date(this.ms).toISOString();
  }
}
