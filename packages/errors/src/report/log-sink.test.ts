import { expect, test } from "vitest";
import { createErrorReporter, logSink } from "../index.ts";

test("each record is one structured line, at the level of its severity", async () => {
  const lines: unknown[] = [];
  const at =
    (level: string) =>
    (message: string, fields?: object): void =>
      void lines.push([level, message, fields]);
  const reporter = createErrorReporter({
    sinks: [logSink({ logger: { info: at("info"), warn: at("warn"), error: at("error") } })],
  });
  for (const name of ["ThrottlingException", "ResourceNotFoundException", "AccessDeniedException", "TypeError"]) {
    reporter.record(Object.assign(new Error(`password=${name}`), { name }), { secretName: "prod/db" });
  }
  await reporter.close();
  expect(lines).toEqual(
    [
      ["info", "throttling"],
      ["warn", "not-found"],
      ["error", "authorization"],
      ["error", "defect"],
    ].map(([level, kind]) => [
      level,
      "password=[redacted]",
      expect.objectContaining({ kind, context: { secretName: "prod/db" } }),
    ]),
  );
});
