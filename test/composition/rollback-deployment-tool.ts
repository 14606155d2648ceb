import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineOperation, openJournal } from "@holdfast/rollback";
import { recover } from "@holdfast/rollback/recovery";
import { sqliteStore } from "@holdfast/rollback/sqlite";

// The program that rollback-deployments.test.ts runs and kills: `rollback-deployment-tool.ts FOLDER COMMAND [SERVICE]`.
// Each service's files are its own; the journal is everybody's.

const folder = process.argv[2]!;
const command = process.argv[3];
const service = process.argv[4] ?? "api";

interface Setting {
  readonly file: string;
  readonly key: string;
  readonly value: string | number;
}

interface Before {
  readonly before: string | number;
}

function settings(file: string): Record<string, string | number> {
  return JSON.parse(readFileSync(join(folder, file), "utf8")) as Record<string, string | number>;
}

function set({ file, key, value }: Setting): void {
  writeFileSync(join(folder, file), JSON.stringify({ ...settings(file), [key]: value }));
}

// What was there before is read by a step of its own: it is durable before anything is overwritten.
const readSetting = defineOperation({
  name: "read-setting",
  version: 1,
  class: "none-needed",
  done: "sync",
  apply: ({ file, key }: Pick<Setting, "file" | "key">): Before => ({ before: settings(file)[key]! }),
});

const changeSetting = defineOperation({
  name: "change-setting",
  version: 1,
  class: "undoable",
  deadlineMs: 2_000,
  compensatesUnknown: true, // it puts back what was there, whether or not it was changed
  apply: ({ before: _, ...setting }: Setting & Before) => set(setting),
  compensate: ({ file, key, before }) => set({ file, key, value: before }),
});

const writeManifest = defineOperation({
  name: "write-manifest",
  version: 1,
  class: "undoable",
  deadlineMs: 2_000,
  consistencyMs: 0,
  apply: ({ path, text }: { readonly path: string; readonly text: string }) =>
    writeFileSync(join(folder, path), text, { flag: "wx" }),
  probe: ({ path }) => (existsSync(join(folder, path)) ? { state: "applied", output: undefined } : { state: "absent" }),
  compensate: ({ path }) => rmSync(join(folder, path), { force: true }),
});

const journal = await openJournal({
  store: sqliteStore({ path: join(folder, "deployments.journal") }),
  operations: [readSetting, changeSetting, writeManifest],
  settleMarginMs: 0,
});

try {
  await run();
} finally {
  await journal[Symbol.asyncDispose]();
}

async function run(): Promise<void> {
  switch (command) {
    case "deploy":
    case "deploy-and-die": {
      const tx = await journal.begin(`deploy ${service} 2.0`);
      for (const setting of [
        { file: `${service}/config.json`, key: "replicas", value: 5 },
        { file: `${service}/images.json`, key: "image", value: "2.0" },
      ]) {
        const { before } = await tx.run(readSetting, setting);
        await tx.run(changeSetting, { ...setting, before });
      }
      await tx.run(writeManifest, { path: `${service}/manifest.yaml`, text: `image: ${service}:2.0` });
      if (command === "deploy-and-die") process.kill(process.pid, "SIGKILL");
      await tx.commit();
      console.log("committed");
      break;
    }
    case "recover": {
      const { transactions } = await recover(journal);
      console.log(transactions.length === 0 ? "nothing is open" : transactions.map(({ outcome }) => outcome).join(" "));
      break;
    }
    case "rollback-committed": {
      const [tx] = await journal.transactions({ open: false });
      console.log(await journal.rollback(tx!.id).then(() => "rolled back", String));
      break;
    }
    case "clean-up": {
      const deleted = await journal.prune({ olderThanMs: -1_000 });
      console.log(`deleted ${deleted.length}, left ${(await journal.transactions()).length}`);
    }
  }
}
