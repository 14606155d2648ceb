export { type DynamoDbCircuitStoreOptions, dynamoDbCircuitStore } from "./dynamodb-circuit-store.ts";
