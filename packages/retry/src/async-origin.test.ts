import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { asyncOrigin, PromisedOrigin } from "./async-origin.ts";

const request = new AsyncLocalStorage<string>();

test.each([
  ["an AsyncResource", asyncOrigin],
  ["a promise, where there is none", () => new PromisedOrigin()],
])("a callback runs in the context in which its origin was made: %s", async (_, make) => {
  const origin = request.run("one", make);
  const seen = await new Promise((resolve) => {
    request.run("two", () => {
      origin.runInAsyncScope((given) => resolve([given, request.getStore()]), undefined, "given");
    });
  });
  expect(seen).toEqual(["given", "one"]);
});
