import {
  type AttributeValue,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import { OptionError } from "@holdfast/errors";
import { assertKnownOptions, type Clock, systemClock } from "@holdfast/errors/policy";
import type { CircuitReport, CircuitStore } from "./circuit-store.ts";

export interface DynamoDbCircuitStoreOptions {
  readonly client: Pick<DynamoDBClient, "send">;
  /** A table with a partition and a sort key, both strings. It may hold other things. */
  readonly table: string;
  /** Those who share: members of different fleets in one table do not see each other. Default `default`. */
  readonly fleet?: string | undefined;
  /** Default `pk`. */
  readonly partitionKey?: string | undefined;
  /** Default `sk`. */
  readonly sortKey?: string | undefined;
  /** The table's time-to-live attribute, so that reports nobody withdrew are deleted. Seconds since the epoch. Default `ttl`. */
  readonly ttlAttribute?: string | undefined;
  readonly clock?: Pick<Clock, "now"> | undefined;
}

const optionNames: Readonly<Record<keyof DynamoDbCircuitStoreOptions, 0>> = {
  client: 0,
  table: 0,
  fleet: 0,
  partitionKey: 0,
  sortKey: 0,
  ttlAttribute: 0,
  clock: 0,
};

const mostPages = 10; // of 1 MB each; a fleet that has more to say than that is told what fits
const ttlMarginMs = 60_000;

/**
 * Keeps reports in a DynamoDB table, one item for each circuit that a member has open, all of a fleet in one partition:
 * a reading is one query. Needs `dynamodb:PutItem`, `dynamodb:DeleteItem` and `dynamodb:Query` on the table.
 *
 * @throws OptionError at once if the client cannot send, the table has no name, or on an option that there is not.
 */
export function dynamoDbCircuitStore(options: DynamoDbCircuitStoreOptions): CircuitStore {
  assertKnownOptions("dynamoDbCircuitStore()", options, optionNames);
  const { client, table, fleet = "default", clock = systemClock } = options;
  const { partitionKey = "pk", sortKey = "sk", ttlAttribute = "ttl" } = options;
  if (typeof client?.send !== "function") throw new OptionError("client", "a DynamoDBClient", client);
  if (typeof table !== "string" || table === "") throw new OptionError("table", "the name of a table", table);
  const partition: AttributeValue = { S: `circuits#${fleet}` };
  const keyOf = (circuit: string, member: string): Record<string, AttributeValue> => ({
    [partitionKey]: partition,
    [sortKey]: { S: JSON.stringify([circuit, member]) },
  });

  return {
    async report({ circuit, member, reportedAt, openUntil }, signal) {
      const Item: Record<string, AttributeValue> = {
        ...keyOf(circuit, member),
        circuit: { S: circuit },
        member: { S: member },
        reportedAt: { N: String(reportedAt) },
        openUntil: { N: String(openUntil) },
        [ttlAttribute]: { N: String(Math.ceil((openUntil + ttlMarginMs) / 1_000)) },
      };
      await client.send(new PutItemCommand({ TableName: table, Item }), optionsOf(signal));
    },

    async withdraw(circuit, member, signal) {
      await client.send(new DeleteItemCommand({ TableName: table, Key: keyOf(circuit, member) }), optionsOf(signal));
    },

    async reports(signal) {
      const reports: CircuitReport[] = [];
      let from: Record<string, AttributeValue> | undefined;
      for (let page = 0; page < mostPages; page++) {
        const query = new QueryCommand({
          TableName: table,
          KeyConditionExpression: "#partition = :partition",
          FilterExpression: "#openUntil > :now",
          ExpressionAttributeNames: { "#partition": partitionKey, "#openUntil": "openUntil" },
          ExpressionAttributeValues: { ":partition": partition, ":now": { N: String(clock.now()) } },
          ExclusiveStartKey: from,
        });
        const { Items = [], LastEvaluatedKey } = await client.send(query, optionsOf(signal));
        reports.push(...Items.map(reportOf));
        if (LastEvaluatedKey === undefined) break;
        from = LastEvaluatedKey;
      }
      return reports;
    },
  };
}

function reportOf({ circuit, member, reportedAt, openUntil }: Record<string, AttributeValue>): CircuitReport {
  return {
    circuit: circuit?.S ?? "",
    member: member?.S ?? "",
    reportedAt: Number(reportedAt?.N),
    openUntil: Number(openUntil?.N),
  };
}

function optionsOf(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}
