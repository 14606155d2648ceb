import { describe, expect, test } from "vitest";
import { createErrorReporter, type Notification, notificationSink, OptionError } from "../index.ts";
import { manualClock } from "../testing.ts";

function reporting(options: Partial<Parameters<typeof notificationSink>[0]> = {}) {
  const clock = manualClock();
  const told: Notification[] = [];
  const reporter = createErrorReporter({
    clock,
    sinks: [notificationSink({ notify: (notification) => void told.push(notification), clock, ...options })],
  });
  const record = async (name: string): Promise<void> => {
    reporter.record(Object.assign(new Error("m"), { name }));
    await reporter.flush();
  };
  return { clock, told, record, codes: () => told.map(({ record }) => record.code) };
}

test("grave errors are told, light ones are not", async () => {
  const { record, codes } = reporting();
  for (const name of ["ThrottlingException", "ResourceNotFoundException", "AccessDeniedException", "TypeError"])
    await record(name);
  expect(codes()).toEqual(["AccessDeniedException", "TypeError"]);
});

test("one sort is told once per interval, to the millisecond, and then with what was held back", async () => {
  const { clock, record, told } = reporting({ intervalMs: 1_000 });
  await record("AccessDeniedException");
  await clock.advance(999);
  await record("AccessDeniedException");
  expect(told).toHaveLength(1);
  await clock.advance(1);
  await record("AccessDeniedException");
  expect(told.map(({ suppressed }) => suppressed)).toEqual([0, 1]);
});

test("only so many sorts are told per interval", async () => {
  const { clock, record, told } = reporting({ maxPerInterval: 2, intervalMs: 1_000 });
  for (const name of ["AccessDeniedException", "ExpiredTokenException", "DecryptionFailure", "TypeError"])
    await record(name);
  expect(told).toHaveLength(2);
  await clock.advance(1_000);
  await record("TypeError");
  expect(told.at(-1)).toMatchObject({ record: { code: "TypeError" }, suppressed: 2 });
});

test("the least severity is an option", async () => {
  const { record, codes } = reporting({ minSeverity: "low" });
  await record("ThrottlingException");
  expect(codes()).toEqual(["ThrottlingException"]);
});

test("no timer waits", async () => {
  const { clock, record } = reporting();
  await record("AccessDeniedException");
  expect(clock.pending).toBe(0);
});

describe("a wrong option is refused", () => {
  const notify = (): void => {};
  test.each([
    { notify: 1 },
    { notify, minSeverity: "fatal" },
    { notify, maxPerInterval: 0 },
    { notify, intervalMs: 0 },
  ])("%o", (options) => {
    expect(() => notificationSink(options as never)).toThrow(OptionError);
  });
});
