import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IdentitystoreClient, ListGroupsCommand, ListUsersCommand } from "@aws-sdk/client-identitystore";
import { ListPermissionSetsCommand, SSOAdminClient } from "@aws-sdk/client-sso-admin";
import { createErrorReporter } from "@holdfast/errors";
import { manualClock } from "@holdfast/errors/testing";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { type AnyOperation, defineOperation, type Journal, openJournal, type Transaction } from "@holdfast/rollback";
import { sqliteStore } from "@holdfast/rollback/sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";

// A backup of Identity Center that fails half-way keeps what it collected, says what is missing, and goes on from there.

const kinds = ["users", "groups", "permission-sets"] as const;
const IdentityStoreId = "d-1";
let local: LocalAws;
let folder: string;
let identity: IdentitystoreClient;
let sso: SSOAdminClient;

beforeEach(async () => {
  local = await startLocalAws({ quotas: false });
  folder = mkdtempSync(join(tmpdir(), "backup-"));
  const config = { ...local.clientConfig(), maxAttempts: 1 };
  [identity, sso] = [new IdentitystoreClient(config), new SSOAdminClient(config)];
  const pages = [{ Users: [{ UserName: "ann" }], NextToken: "2" }, { Users: [{ UserName: "bob" }] }];
  local.respond({
    service: "identitystore",
    operation: "ListUsers",
    reply: ({ input }) => ({ output: pages[input.NextToken === "2" ? 1 : 0]! }),
  });
  local.respond({
    service: "identitystore",
    operation: "ListGroups",
    reply: { output: { Groups: [{ DisplayName: "admins" }] } },
  });
  local.respond({
    service: "sso",
    operation: "ListPermissionSets",
    reply: { output: { PermissionSets: ["arn:aws:sso:::ps-1"] } },
  });
});

afterEach(async () => {
  identity.destroy();
  sso.destroy();
  await local.close();
  rmSync(folder, { recursive: true });
});

/** One step for each page or kind; what it read is its output, so that it is read once. */
function collecting() {
  const shared = { version: 1, class: "none-needed", consistencyMs: 0 } as const;
  return {
    users: defineOperation<{ token: string | null }, { items: string[]; next: string | null }>({
      ...shared,
      name: "collect-users",
      async apply({ token }) {
        const page = await identity.send(
          new ListUsersCommand({ IdentityStoreId, ...(token === null ? {} : { NextToken: token }) }),
        );
        return { items: (page.Users ?? []).map(({ UserName = "" }) => UserName), next: page.NextToken ?? null };
      },
    }),
    groups: defineOperation<null, string[]>({
      ...shared,
      name: "collect-groups",
      async apply() {
        const { Groups = [] } = await identity.send(new ListGroupsCommand({ IdentityStoreId }));
        return Groups.map(({ DisplayName = "" }) => DisplayName);
      },
    }),
    permissionSets: defineOperation<null, string[]>({
      ...shared,
      name: "collect-permission-sets",
      async apply() {
        const { PermissionSets = [] } = await sso.send(
          new ListPermissionSetsCommand({ InstanceArn: "arn:aws:sso:::instance/ssoins-1" }),
        );
        return PermissionSets;
      },
    }),
  };
}

/** Collects what is missing; the checkpoint says how far the users are. */
async function collect(tx: Transaction, steps: ReturnType<typeof collecting>): Promise<void> {
  const found = tx.checkpoints.get("users") as { items: string[]; next: string | null } | undefined;
  let users = found ?? { items: [], next: null };
  for (let first = found === undefined; first || users.next !== null; first = false) {
    const page = await tx.run(steps.users, { token: users.next });
    users = { items: [...users.items, ...page.items], next: page.next };
    await tx.checkpoint("users", users);
  }
  await tx.checkpoint("groups", await tx.run(steps.groups, null, { name: "groups" }));
  await tx.checkpoint("permission-sets", await tx.run(steps.permissionSets, null, { name: "permission-sets" }));
}

/** The backup as it is: whole, or partial with the names of what is missing. */
function writeBackup(tx: Transaction): unknown {
  const missing = kinds.filter((kind) => !tx.checkpoints.has(kind));
  const backup = { partial: missing.length > 0, missing, ...Object.fromEntries(tx.checkpoints) };
  writeFileSync(join(folder, "backup.json"), JSON.stringify(backup));
  return JSON.parse(readFileSync(join(folder, "backup.json"), "utf8"));
}

const open = (operations: readonly AnyOperation[]): Promise<Journal> =>
  openJournal({
    store: sqliteStore({ path: join(folder, "backup.journal") }),
    operations,
    settleMarginMs: 10,
    clock: manualClock(Date.now()),
  });

test("a backup that fails half-way is a partial one that says what is missing, and another process completes it", async () => {
  const steps = collecting();
  const denied = local.faults.add({ operation: "ListGroups", fault: "denied" });
  const reporter = createErrorReporter();
  const first = await open(Object.values(steps));
  const begun = await first.begin("backup of 1 November", { job: "nightly", plan: ["groups", "permission-sets"] });
  await collect(begun, steps).catch((error: unknown) => reporter.record(error));
  expect(writeBackup(begun)).toEqual({
    partial: true,
    missing: ["groups", "permission-sets"],
    users: { items: ["ann", "bob"], next: null },
  });
  expect(reporter.summary()).toMatch(/AccessDenied/);
  await first.close(); // its transaction stays open

  denied.remove();
  local.clearCalls();
  await using journal = await open(Object.values(steps));
  const [left] = await journal.transactions({ job: "nightly", open: true });
  const tx = await journal.resume(left!.id);
  expect(tx.missing).toEqual(["groups", "permission-sets"]);
  await collect(tx, steps);
  expect(writeBackup(tx)).toEqual({
    partial: false,
    missing: [],
    users: { items: ["ann", "bob"], next: null },
    groups: ["admins"],
    "permission-sets": ["arn:aws:sso:::ps-1"],
  });
  await tx.commit();
  expect(local.calls().map(({ operation }) => operation)).toEqual(["ListGroups", "ListPermissionSets"]); // the users were not read again
});
