import type { Clock } from "../clock.ts";
import { assertKnownOptions, assertOption } from "../options.ts";
import { queued } from "../queued.ts";
import type { Sink } from "../sink.ts";
import { emfDocuments } from "./emf-document.ts";

/**
 * Where lines go: `process.stdout`, a file, a socket to the CloudWatch agent. One whose `write` declares the text alone
 * (pino's destinations, a test's array) is done when it returns; any other has to call `done`.
 */
export interface LineStream {
  write(text: string, done: (error?: Error | null) => void): unknown;
}

export interface EmfSinkOptions {
  /** Default `process.stdout`, which is where Lambda and the log drivers of ECS look. */
  readonly stream?: LineStream | undefined;
  /** Default: the system's. */
  readonly clock?: Pick<Clock, "now"> | undefined;
}

// CloudWatch takes data of the last two weeks; a margin for the way there.
const oldestMs = 14 * 86_400_000 - 300_000;

/**
 * Writes metrics as lines of JSON in CloudWatch's embedded metric format, one document a line: no API call, no waiting.
 * CloudWatch delivers them at least once, so that a value may count twice.
 *
 * @throws OptionError if `stream` cannot be written to, or on an option that it does not have.
 */
export function emfSink(options: EmfSinkOptions = {}): Sink {
  assertKnownOptions("emfSink()", options, { stream: 0, clock: 0 });
  const { stream = process.stdout, clock = Date } = options;
  const now = () => clock.now();
  assertOption(typeof stream?.write === "function", "stream", "a writable stream", stream);
  return {
    name: "emf",
    delivery: queued,
    async write(batch, { dropped }) {
      if (batch.endedAt < now() - oldestMs) {
        dropped(batch.points.length, "too-old");
        return;
      }
      const documents = emfDocuments(batch, Math.min(batch.endedAt, now()));
      const text = documents.map((document) => `${JSON.stringify(document)}\n`).join("");
      if (stream.write.length === 1) {
        stream.write(text, () => {});
        return;
      }
      await new Promise<void>((resolve, reject) => {
        stream.write(text, (error) => {
          if (error == null) resolve();
          else reject(error);
        });
      });
    },
  };
}
