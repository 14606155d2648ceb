import { gunzipSync } from "node:zlib";
import { ServiceError } from "../protocol/service-error.ts";

const longestUnpacked = 16 * 1024 * 1024;

/** One HTTP request, whole. */
export class WireRequest {
  readonly method: string;
  readonly path: string;
  /** The query string with its `?`, or "". */
  readonly search: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body as it came, compressed if it was. */
  readonly body: Buffer;

  constructor(
    method: string,
    url: string,
    headers: Readonly<Record<string, string | string[] | undefined>>,
    body: Buffer,
  ) {
    const mark = url.indexOf("?");
    this.method = method;
    this.path = mark < 0 ? url : url.slice(0, mark);
    this.search = mark < 0 ? "" : url.slice(mark);
    this.headers = headers;
    this.body = body;
  }

  /** A header by its lower-case name. */
  header(name: string): string | undefined {
    const value = this.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  #content: Buffer | undefined;

  /** The body with its `content-encoding` undone. */
  content(): Buffer {
    this.#content ??= this.#unpack();
    return this.#content;
  }

  #unpack(): Buffer {
    const encoding = this.header("content-encoding");
    if (encoding === undefined || encoding === "identity" || encoding === "aws-chunked") return this.body;
    if (encoding !== "gzip")
      throw new ServiceError("SerializationException", `Content encoding ${encoding} is not understood.`);
    try {
      return gunzipSync(this.body, { maxOutputLength: longestUnpacked });
    } catch {
      throw new ServiceError("SerializationException", "The body is not gzip, though its content encoding says so.");
    }
  }
}
