import { MessageChannel, Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { Doorbell } from "./doorbell.ts";
import { Inbox } from "./inbox.ts";
import type { WorkerRequest } from "./worker-message.ts";

const append: WorkerRequest = { type: "append", ids: [1], batch: [] };
const close: WorkerRequest = { type: "close", id: 2 };

function channel() {
  const { port1, port2 } = new MessageChannel();
  const doorbell = new Doorbell();
  const inbox = new Inbox(port2, new Doorbell(doorbell.memory));
  const post = (request: WorkerRequest) => {
    port1.postMessage(request);
    doorbell.ring();
  };
  return { inbox, post, port: port1, doorbell, [Symbol.dispose]: () => port1.close() };
}

test("gives requests in their order, and nothing when there is none", () => {
  using box = channel();
  box.post(append);
  box.post(close);
  expect(box.inbox.take()).toEqual(append);
  expect(box.inbox.take()).toEqual(close);
  expect(box.inbox.take(0)).toBeUndefined();
  expect(box.inbox.take(1)).toBeUndefined();
});

test("keeps a request that is no append for whoever takes the next", () => {
  using box = channel();
  box.post(append);
  box.post(close);
  box.post(append);
  expect(box.inbox.takeAppend(0)).toEqual(append);
  expect(box.inbox.takeAppend(0)).toBeUndefined();
  expect(box.inbox.takeAppend(0)).toBeUndefined();
  expect(box.inbox.take(0)).toEqual(close);
  expect(box.inbox.takeAppend(0)).toEqual(append);
});

test("blocks until another thread has posted and rung", async () => {
  using box = channel();
  const program = `
    const { workerData } = require("node:worker_threads");
    workerData.port.postMessage(workerData.request);
    const rings = new Int32Array(workerData.memory);
    Atomics.add(rings, 0, 1);
    Atomics.notify(rings, 0);
  `;
  const worker = new Worker(program, {
    eval: true,
    workerData: { port: box.port, request: append, memory: box.doorbell.memory },
    transferList: [box.port],
  });
  expect(box.inbox.take()).toEqual(append);
  await worker.terminate();
});
