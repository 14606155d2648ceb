import { Client, credentials, Server, ServerCredentials, type ServiceError, type status } from "@grpc/grpc-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Classification, classify } from "../index.ts";

// Errors of @grpc/grpc-js, from a server in this process that answers with the status it is asked for.

type Said = Partial<Classification>;
const path = "/holdfast.Test/Refuse";
const toBytes = (text: string): Buffer => Buffer.from(text);
const toText = (bytes: Buffer): string => bytes.toString();

let server: Server;
let client: Client;
let port: number;

beforeAll(async () => {
  server = new Server();
  const bytes = { requestSerialize: toBytes, requestDeserialize: toText, responseSerialize: toBytes };
  const refuse = { path, requestStream: false, responseStream: false, ...bytes, responseDeserialize: toText };
  server.addService(
    { refuse },
    {
      refuse(call: { request: string }, callback: (error: { code: status; details: string } | null) => void) {
        if (call.request !== "hang") callback({ code: Number(call.request), details: "503: connection throttled" });
      },
    },
  );
  port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
});
afterAll(() => {
  client.close();
  server.forceShutdown();
});

function errorOf(request: string, options: { deadline?: number; cancel?: boolean } = {}): Promise<ServiceError | null> {
  return new Promise((resolve) => {
    const { cancel, ...callOptions } = options;
    const call = client.makeUnaryRequest(path, toBytes, toText, request, callOptions, (error) => resolve(error));
    if (cancel) call.cancel();
  });
}

test.each<[number, string, Said]>([
  [1, "CANCELLED", { kind: "aborted", retry: "never" }],
  [2, "UNKNOWN", { kind: "unknown", retry: "never" }],
  [3, "INVALID_ARGUMENT", { kind: "validation", retry: "never" }],
  [4, "DEADLINE_EXCEEDED", { kind: "timeout", retry: "if-idempotent" }],
  [5, "NOT_FOUND", { kind: "not-found", retry: "never" }],
  [6, "ALREADY_EXISTS", { kind: "conflict", retry: "never" }],
  [7, "PERMISSION_DENIED", { kind: "authorization", retry: "never" }],
  [8, "RESOURCE_EXHAUSTED", { kind: "throttling", retry: "throttling" }],
  [9, "FAILED_PRECONDITION", { kind: "state", retry: "never" }],
  [10, "ABORTED", { kind: "conflict", retry: "transient" }],
  [11, "OUT_OF_RANGE", { kind: "validation", retry: "never" }],
  [12, "UNIMPLEMENTED", { kind: "service", retry: "never" }],
  [13, "INTERNAL", { kind: "service", retry: "never" }],
  [14, "UNAVAILABLE", { kind: "service", retry: "transient" }],
  [15, "DATA_LOSS", { kind: "storage", retry: "never" }],
  [16, "UNAUTHENTICATED", { kind: "authentication", retry: "never" }],
])("status %i is %s", async (code, name, expected) => {
  expect(classify(await errorOf(`${code}`))).toMatchObject({ code: name, ...expected });
});

test("a deadline that passes at the client", async () => {
  expect(classify(await errorOf("hang", { deadline: Date.now() + 20 }))).toMatchObject({
    code: "DEADLINE_EXCEEDED",
    kind: "timeout",
    retry: "if-idempotent",
  });
});

test("a caller who gives up", async () => {
  expect(classify(await errorOf("hang", { cancel: true }))).toMatchObject({ code: "CANCELLED", kind: "aborted" });
});

test("nobody listens", async () => {
  const lost = new Client("127.0.0.1:1", credentials.createInsecure());
  const error = await new Promise((resolve) => {
    lost.makeUnaryRequest(path, toBytes, toText, "", (failure) => resolve(failure));
  });
  lost.close();
  expect(classify(error)).toMatchObject({ code: "UNAVAILABLE", kind: "service", retry: "transient" });
});
