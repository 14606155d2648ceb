import { setTimeout as sleep } from "node:timers/promises";
import { entryHash } from "../../packages/rollback/src/index.ts";
import { sqliteStore } from "../../packages/rollback/src/sqlite.ts";

// writer-process.ts PATH INDEX STARTS_AT DURATION_MS: appends one entry after the other, and tells how many and how long the longest took.

const [path = "", index, startsAt, durationMs] = process.argv.slice(2);
const store = sqliteStore({ path, ballastBytes: 0 });
await store.open();
await sleep(Math.max(0, Number(startsAt) - Date.now()));
const until = performance.now() + Number(durationMs);
const transaction = `writer-${index}`;
let hash = "";
let appends = 0;
let longestMs = 0;
for (; performance.now() < until; appends++) {
  const body = `{"by":"${index}","records":[],"padding":"${"x".repeat(200)}"}`;
  hash = entryHash(hash, { transaction, position: appends, body });
  const begun = performance.now();
  await store.append({ transaction, position: appends, body, hash, forward: true });
  longestMs = Math.max(longestMs, performance.now() - begun);
}
await store.close();
console.log(JSON.stringify({ appends, longestMs }));
