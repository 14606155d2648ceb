import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";

/** The answer being read on a socket. */
interface Reading {
  answer: IncomingMessage;
}

const readingBySocket = new WeakMap<Socket, Reading>();

/**
 * Ends an answer whose next piece does not come within the time, in milliseconds, with a `TimeoutError`. The limit
 * is the socket's own, which each piece puts off without a new timer; Node's agent lifts it when the socket is free.
 */
export function limitReading(answer: IncomingMessage, readTimeoutMs: number): void {
  const { socket } = answer;
  const reading = readingBySocket.get(socket);
  if (reading === undefined) watch(socket, { answer });
  else reading.answer = answer;
  if (socket.timeout !== readTimeoutMs) socket.setTimeout(readTimeoutMs);
}

function watch(socket: Socket, reading: Reading): void {
  readingBySocket.set(socket, reading);
  socket.on("timeout", () => {
    const { answer } = reading;
    if (!answer.complete) {
      const message = `The answer stopped coming: nothing for ${socket.timeout} ms`;
      answer.destroy(Object.assign(new Error(message), { name: "TimeoutError", code: "ETIMEDOUT" }));
    }
    socket.destroy();
  });
}
