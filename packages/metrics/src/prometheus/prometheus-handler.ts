import { assertOption } from "../options.ts";
import type { PrometheusSink } from "./prometheus-sink.ts";

/** The part of `node:http`'s response that is needed. */
interface TextResponse {
  writeHead(status: number, headers: Readonly<Record<string, string>>): unknown;
  end(body?: string): unknown;
}

/**
 * Answers a scrape: for `createServer(prometheusHandler(sink))`, or behind any router of `node:http`'s shape.
 *
 * @throws OptionError if `sink` is no Prometheus sink.
 */
export function prometheusHandler(sink: PrometheusSink): (request: unknown, response: TextResponse) => void {
  assertOption(typeof sink?.text === "function", "sink", "what prometheusSink() made", sink);
  return (_request, response) => {
    response.writeHead(200, { "content-type": sink.contentType });
    response.end(sink.text());
  };
}
