export { type SqliteStoreOptions, sqliteStore } from "./sqlite/sqlite-store.ts";
