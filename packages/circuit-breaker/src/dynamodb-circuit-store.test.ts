import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { CreateTableCommand, DescribeTableCommand, DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { manualClock } from "@holdfast/errors/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dynamoDbCircuitStore } from "./dynamodb.ts";
import { circuitBreaker, shareCircuits } from "./index.ts";

// DynamoDB's own protocol and rules, in a process of its own: it is CommonJS, and this runner's conditions would mislead it.
const program = `
  const server = require(${JSON.stringify(fileURLToPath(import.meta.resolve("dynalite")))})({ createTableMs: 0 });
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
`;
let database: ChildProcess;
let client: DynamoDBClient;

beforeAll(async () => {
  database = spawn(process.execPath, ["--eval", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = (await once(database.stdout!, "data")) as [Buffer];
  const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "example" };
  client = new DynamoDBClient({ endpoint: `http://127.0.0.1:${Number(port)}`, region: "us-east-1", credentials });
  for (const [TableName, partition, sort] of [
    ["circuits", "pk", "sk"],
    ["other", "hash", "range"],
  ] as const) {
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [
          { AttributeName: partition, AttributeType: "S" },
          { AttributeName: sort, AttributeType: "S" },
        ],
        KeySchema: [
          { AttributeName: partition, KeyType: "HASH" },
          { AttributeName: sort, KeyType: "RANGE" },
        ],
      }),
    );
    for (;;) {
      const { Table } = await client.send(new DescribeTableCommand({ TableName }));
      if (Table?.TableStatus === "ACTIVE") break;
    }
  }
});
afterAll(() => {
  client.destroy();
  database.kill();
});

let fleets = 0;
const newFleet = () => `fleet-${fleets++}`;

describe("a table", () => {
  test("keeps a member's last report on a circuit, until it is withdrawn", async () => {
    const clock = manualClock();
    const store = dynamoDbCircuitStore({ client, table: "circuits", fleet: newFleet(), clock });
    const now = clock.now();
    const report = { circuit: "a/b#c", member: "m1", reportedAt: now, openUntil: now + 1_000 };
    await store.report(report);
    await store.report({ ...report, openUntil: now + 2_000 });
    await store.report({ ...report, member: "m2" });
    expect(await store.reports()).toEqual([
      { ...report, openUntil: now + 2_000 },
      { ...report, member: "m2" },
    ]);
    await store.withdraw("a/b#c", "m1");
    await store.withdraw("a/b#c", "nobody");
    expect(await store.reports()).toEqual([{ ...report, member: "m2" }]);
  });

  test("gives no report whose time is over, and lets DynamoDB delete it a minute later", async () => {
    const clock = manualClock();
    const fleet = newFleet();
    const store = dynamoDbCircuitStore({ client, table: "circuits", fleet, clock });
    const openUntil = clock.now() + 1_000;
    await store.report({ circuit: "orders", member: "m1", reportedAt: clock.now(), openUntil });
    await clock.advance(999);
    expect(await store.reports()).toHaveLength(1);
    await clock.advance(1);
    expect(await store.reports()).toEqual([]);
    const { Items } = await client.send(new ScanCommand({ TableName: "circuits" }));
    const item = Items?.find(({ pk }) => pk?.S === `circuits#${fleet}`);
    expect(item?.ttl?.N).toBe(String((openUntil + 60_000) / 1_000));
  });

  test("keeps fleets apart, and has the keys it was given", async () => {
    const clock = manualClock();
    const keys = { table: "other", partitionKey: "hash", sortKey: "range", ttlAttribute: "expires" };
    const [ours, theirs] = [newFleet(), newFleet()].map((fleet) =>
      dynamoDbCircuitStore({ client, clock, fleet, ...keys }),
    );
    await ours!.report({ circuit: "orders", member: "m1", reportedAt: clock.now(), openUntil: clock.now() + 1_000 });
    expect(await ours!.reports()).toHaveLength(1);
    expect(await theirs!.reports()).toEqual([]);
  });

  test("is read page by page", async () => {
    const clock = manualClock();
    const store = dynamoDbCircuitStore({ client, table: "circuits", fleet: newFleet(), clock });
    const openUntil = clock.now() + 1_000;
    const circuit = "x".repeat(900);
    const members = Array.from({ length: 700 }, (_, index) => `m${index}`);
    for (let start = 0; start < members.length; start += 100) {
      const some = members.slice(start, start + 100);
      await Promise.all(some.map((member) => store.report({ circuit, member, reportedAt: clock.now(), openUntil })));
    }
    expect(await store.reports()).toHaveLength(members.length); // more than the 1 MB of one page
  });

  test("that is not there is told, and no call notices", async () => {
    const clock = manualClock();
    const orders = circuitBreaker({ name: "orders", clock });
    await using sharing = shareCircuits(orders, {
      store: dynamoDbCircuitStore({ client, table: "absent" }),
      refreshMs: 0,
    });
    const errors: unknown[] = [];
    sharing.onError(({ error }) => errors.push(error));
    await sharing.refresh();
    expect(errors).toMatchObject([{ name: "ResourceNotFoundException" }]);
    expect(await orders.execute(() => "value")).toBe("value");
  });

  test("an abort ends the request", async () => {
    const store = dynamoDbCircuitStore({ client, table: "circuits" });
    await expect(store.reports(AbortSignal.abort())).rejects.toMatchObject({ name: "AbortError" });
  });
});

test("a fleet over a table: two members open a circuit, the third learns it, and all recover", async () => {
  const fleet = newFleet();
  const clock = manualClock();
  const members = ["m1", "m2", "m3"].map((member) => {
    const orders = circuitBreaker({ name: "orders", clock, consecutiveFailures: 1, openMs: 10_000 });
    const store = dynamoDbCircuitStore({ client, table: "circuits", fleet, clock });
    return { orders, store, sharing: shareCircuits(orders, { store, member, refreshMs: 0 }) };
  });
  for (const { orders } of members.slice(0, 2))
    await orders.execute(() => Promise.reject(new Error("down"))).catch(() => {});
  for (const { sharing } of members) await sharing.close(); // waits for what is being written
  const learner = members[2]!;
  await using sharing = shareCircuits(learner.orders, { store: learner.store, clock, member: "m3", refreshMs: 0 });
  await sharing.refresh();
  expect(learner.orders.health()).toMatchObject({ state: "open", retryAfterMs: 10_000 });
  await clock.advance(10_000);
  for (const { orders } of members) expect(await orders.execute(() => "value")).toBe("value");
});

test("a table without a name throws at construction", () => {
  expect(() => dynamoDbCircuitStore({ client, table: "" })).toThrow(expect.objectContaining({ option: "table" }));
  expect(() => dynamoDbCircuitStore({ table: "t" } as never)).toThrow(expect.objectContaining({ option: "client" }));
  const misspelt = { client, table: "t", pk: "p" } as never;
  expect(() => dynamoDbCircuitStore(misspelt)).toThrow(
    "the options of dynamoDbCircuitStore() are client, table, fleet",
  );
});
