import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateGroupCommand,
  CreateUserCommand,
  DeleteGroupCommand,
  DeleteUserCommand,
  IdentitystoreClient,
  ListGroupsCommand,
  ListUsersCommand,
} from "@aws-sdk/client-identitystore";
import {
  CreateAccountAssignmentCommand,
  CreatePermissionSetCommand,
  DeleteAccountAssignmentCommand,
  DeletePermissionSetCommand,
  ListAccountAssignmentsCommand,
  ListPermissionSetsCommand,
  SSOAdminClient,
} from "@aws-sdk/client-sso-admin";
import { manualClock } from "@holdfast/errors/testing";
import { type LocalAws, startLocalAws } from "@holdfast/local-aws";
import { defineOperation, openJournal, type ProbeResult, type Transaction } from "@holdfast/rollback";
import { recover } from "@holdfast/rollback/recovery";
import { sqliteStore } from "@holdfast/rollback/sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";

// A restore of an Identity Center backup: users, groups, permission sets, assignments. What fails half-way is undone, last first.

interface Item {
  readonly id: string;
  readonly name: string;
}

/** Identity Center as the endpoint's scripted responder answers for it: an instance with four kinds of items. */
class IdentityCenter {
  readonly users: Map<string, Item> = new Map();
  readonly groups: Map<string, Item> = new Map();
  readonly permissionSets: Map<string, Item> = new Map();
  readonly assignments: Map<string, Item> = new Map();
  readonly deleted: string[] = [];

  constructor(local: LocalAws) {
    this.#serve(local, "identitystore", "User", this.users, "UserId", "UserName");
    this.#serve(local, "identitystore", "Group", this.groups, "GroupId", "DisplayName");
    this.#servePermissionSets(local);
    this.#serveAssignments(local);
  }

  get count(): number {
    return this.users.size + this.groups.size + this.permissionSets.size + this.assignments.size;
  }

  #serve(
    local: LocalAws,
    service: string,
    kind: string,
    items: Map<string, Item>,
    idField: string,
    nameField: string,
  ): void {
    local.respond({
      service,
      operation: `Create${kind}`,
      reply: ({ input }) => {
        const name = String(input[nameField]);
        if ([...items.values()].some((item) => item.name === name)) {
          return { error: { code: "ConflictException", message: `${name} exists` } };
        }
        const id = randomUUID();
        items.set(id, { id, name });
        return { output: { [idField]: id, IdentityStoreId: "d-1" } };
      },
    });
    local.respond({
      service,
      operation: `Delete${kind}`,
      reply: ({ input }) => {
        const item = items.get(String(input[idField]));
        if (item === undefined) return { error: { code: "ResourceNotFoundException", message: "no such item" } };
        items.delete(item.id);
        this.deleted.push(item.name);
        return { output: {} };
      },
    });
    local.respond({
      service,
      operation: `List${kind}s`,
      reply: () => ({
        output: {
          [`${kind}s`]: [...items.values()].map(({ id, name }) => ({
            [idField]: id,
            [nameField]: name,
            IdentityStoreId: "d-1",
          })),
        },
      }),
    });
  }

  #servePermissionSets(local: LocalAws): void {
    const arn = (name: unknown) => `arn:aws:sso:::permissionSet/ssoins-1/ps-${String(name)}`;
    local.respond({
      service: "sso",
      operation: "CreatePermissionSet",
      reply: ({ input }) => {
        const id = arn(input.Name);
        this.permissionSets.set(id, { id, name: String(input.Name) });
        return { output: { PermissionSet: { PermissionSetArn: id, Name: input.Name } } };
      },
    });
    local.respond({
      service: "sso",
      operation: "DeletePermissionSet",
      reply: ({ input }) => {
        if ([...this.assignments.keys()].some((key) => key.endsWith(`|${String(input.PermissionSetArn)}`))) {
          return { error: { code: "ConflictException", message: "it is assigned" } };
        }
        this.deleted.push(this.permissionSets.get(String(input.PermissionSetArn))?.name ?? "");
        this.permissionSets.delete(String(input.PermissionSetArn));
        return { output: {} };
      },
    });
    local.respond({
      service: "sso",
      operation: "ListPermissionSets",
      reply: () => ({ output: { PermissionSets: [...this.permissionSets.keys()] } }),
    });
  }

  #serveAssignments(local: LocalAws): void {
    const key = (input: Readonly<Record<string, unknown>>) =>
      `${String(input.PrincipalId)}|${String(input.TargetId)}|${String(input.PermissionSetArn)}`;
    const status = { AccountAssignmentCreationStatus: { Status: "SUCCEEDED", RequestId: "r" } };
    local.respond({
      service: "sso",
      operation: "CreateAccountAssignment",
      reply: ({ input }) => {
        this.assignments.set(key(input), { id: key(input), name: `assignment of ${String(input.TargetId)}` });
        return { output: status };
      },
    });
    local.respond({
      service: "sso",
      operation: "DeleteAccountAssignment",
      reply: ({ input }) => {
        this.deleted.push(this.assignments.get(key(input))?.name ?? "");
        this.assignments.delete(key(input));
        return { output: { AccountAssignmentDeletionStatus: status.AccountAssignmentCreationStatus } };
      },
    });
    local.respond({
      service: "sso",
      operation: "ListAccountAssignments",
      reply: ({ input }) => ({
        output: {
          AccountAssignments: [...this.assignments.keys()]
            .map((each) => each.split("|"))
            .filter(([, account, set]) => account === input.AccountId && set === input.PermissionSetArn)
            .map(([principal]) => ({ PrincipalId: principal, PrincipalType: "USER" })),
        },
      }),
    });
  }
}

const instance = { IdentityStoreId: "d-1" };
const InstanceArn = "arn:aws:sso:::instance/ssoins-1";

/** How a restore does, finds and undoes each kind of change. */
function restoreOperations(identity: IdentitystoreClient, sso: SSOAdminClient) {
  const found = (id: string | undefined): ProbeResult<{ readonly id: string }> =>
    id === undefined ? { state: "absent" } : { state: "applied", output: { id } };
  const ignoreGone = (error: unknown) => {
    if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") throw error;
  };
  const timing = { version: 1, class: "undoable", deadlineMs: 3_000, consistencyMs: 0 } as const;
  return {
    createUser: defineOperation({
      ...timing,
      name: "identity-store/create-user",
      apply: async ({ userName }: { readonly userName: string }, { signal }) => {
        const { UserId } = await identity.send(new CreateUserCommand({ ...instance, UserName: userName }), {
          abortSignal: signal,
        });
        return { id: UserId! };
      },
      probe: async ({ userName }) =>
        found(
          (await identity.send(new ListUsersCommand(instance))).Users?.find((user) => user.UserName === userName)
            ?.UserId,
        ),
      compensate: (_, { output }) =>
        identity.send(new DeleteUserCommand({ ...instance, UserId: output!.id })).catch(ignoreGone),
    }),
    createGroup: defineOperation({
      ...timing,
      name: "identity-store/create-group",
      apply: async ({ displayName }: { readonly displayName: string }, { signal }) => {
        const { GroupId } = await identity.send(new CreateGroupCommand({ ...instance, DisplayName: displayName }), {
          abortSignal: signal,
        });
        return { id: GroupId! };
      },
      probe: async ({ displayName }) =>
        found(
          (await identity.send(new ListGroupsCommand(instance))).Groups?.find(
            (group) => group.DisplayName === displayName,
          )?.GroupId,
        ),
      compensate: (_, { output }) =>
        identity.send(new DeleteGroupCommand({ ...instance, GroupId: output!.id })).catch(ignoreGone),
    }),
    createPermissionSet: defineOperation({
      ...timing,
      name: "sso-admin/create-permission-set",
      apply: async ({ name }: { readonly name: string }, { signal }) => {
        const { PermissionSet } = await sso.send(new CreatePermissionSetCommand({ InstanceArn, Name: name }), {
          abortSignal: signal,
        });
        return { id: PermissionSet!.PermissionSetArn! };
      },
      probe: async ({ name }) =>
        found(
          (await sso.send(new ListPermissionSetsCommand({ InstanceArn }))).PermissionSets?.find((arn) =>
            arn.endsWith(`ps-${name}`),
          ),
        ),
      compensate: (_, { output }) =>
        sso.send(new DeletePermissionSetCommand({ InstanceArn, PermissionSetArn: output!.id })).catch(ignoreGone),
    }),
    assign: defineOperation({
      ...timing,
      name: "sso-admin/assign",
      scope: ({ account }: Assignment) => account,
      apply: async (input: Assignment, { signal }) => {
        await sso.send(new CreateAccountAssignmentCommand(assignment(input)), { abortSignal: signal });
        return { id: input.user };
      },
      probe: async ({ account, permissionSet, user }) => {
        const command = new ListAccountAssignmentsCommand({
          InstanceArn,
          AccountId: account,
          PermissionSetArn: permissionSet,
        });
        return found(
          (await sso.send(command)).AccountAssignments?.find(({ PrincipalId }) => PrincipalId === user)?.PrincipalId,
        );
      },
      compensate: (input) => sso.send(new DeleteAccountAssignmentCommand(assignment(input))),
    }),
  };
}

interface Assignment {
  readonly user: string;
  readonly account: string;
  readonly permissionSet: string;
}

function assignment({ user, account, permissionSet }: Assignment) {
  const target = { TargetId: account, TargetType: "AWS_ACCOUNT" } as const;
  return { InstanceArn, ...target, PermissionSetArn: permissionSet, PrincipalId: user, PrincipalType: "USER" } as const;
}

let local: LocalAws;
let center: IdentityCenter;
let folder: string;
let clock: ReturnType<typeof manualClock>;
let operations: ReturnType<typeof restoreOperations>;
const clients: { destroy(): void }[] = [];

beforeEach(async () => {
  local = await startLocalAws();
  center = new IdentityCenter(local);
  folder = mkdtempSync(join(tmpdir(), "restore-"));
  clock = manualClock(Date.now());
  const config = { ...local.clientConfig(), maxAttempts: 1 };
  const identity = new IdentitystoreClient(config);
  const sso = new SSOAdminClient(config);
  clients.push(identity, sso);
  operations = restoreOperations(identity, sso);
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await local.close();
  rmSync(folder, { recursive: true });
});

function open() {
  return openJournal({
    store: sqliteStore({ path: join(folder, "restore.journal") }),
    operations,
    settleMarginMs: 100,
    clock, // deadlines pass when a test says so, not when the machine is busy
  });
}

const description = "restore the backup of 1 November";

async function restore(tx: Transaction): Promise<void> {
  const group = tx.group();
  const [user] = await Promise.all(
    ["ann", "bob", "eve"].map((userName) =>
      group.run(operations.createUser, { userName }, { name: `user ${userName}` }),
    ),
  );
  await tx.run(operations.createGroup, { displayName: "admins" });
  const set = await tx.run(operations.createPermissionSet, { name: "ReadOnly" }, { name: "ReadOnly" });
  for (const account of ["111122223333", "444455556666"]) {
    const input = { user: user!.id, account, permissionSet: set.id };
    await tx.run(operations.assign, input, { dependsOn: ["ReadOnly", "user ann"] });
  }
}

test("a restore that succeeds stays", async () => {
  await using journal = await open();
  await using tx = await journal.begin(description);
  await restore(tx);
  await tx.commit();
  expect(center.count).toBe(7);
  expect(await journal.verify()).toMatchObject({ ok: true });
});

test("a restore that fails half-way is undone, last first", async () => {
  await using journal = await open();
  local.faults.add({ fault: "denied", operation: "CreateAccountAssignment", skip: 1 });
  const tx = await journal.begin(description);
  await expect(restore(tx)).rejects.toThrow();
  expect(center.count).toBe(6);
  expect(await tx.rollback("a right is missing")).toMatchObject({ outcome: "rolled-back", partial: false });
  expect(center.count).toBe(0);
  expect(center.deleted.slice(0, 3)).toEqual(["assignment of 111122223333", "ReadOnly", "admins"]);
  expect(center.deleted.slice(3).sort()).toEqual(["ann", "bob", "eve"]);
});

test("an answer that was lost is found out about, and undone", async () => {
  await using journal = await open();
  local.faults.add({ fault: "lost-response", operation: "CreateGroup", times: 1 });
  const tx = await journal.begin(description);
  await expect(restore(tx)).rejects.toThrow();
  expect(center.groups.size).toBe(1); // it was made, and nobody was told
  await clock.advance(3_100); // the deadline and the margin: now a look at the group tells
  expect(await tx.rollback("no answer")).toMatchObject({ outcome: "rolled-back" });
  expect(center.count).toBe(0);
});

test("an undo that keeps failing is parked with what it holds up, and the others are undone; a person then closes it", async () => {
  await using journal = await open();
  const tx = await journal.begin(description);
  await restore(tx);
  local.faults.add({ fault: "denied", operation: "DeleteAccountAssignment", times: 1 });
  const report = await tx.rollback("the operator changed her mind");
  expect(report).toMatchObject({ outcome: "parked", parked: [{ operation: "sso-admin/assign", attempts: 1 }] });
  expect(report.waiting.map(({ name }) => name)).toEqual(["user ann", "ReadOnly"]);
  expect([center.assignments.size, center.permissionSets.size, center.users.size, center.groups.size]).toEqual([
    1, 1, 1, 0,
  ]);
  const { step } = report.parked[0]!;
  const decided = await journal.decide(tx.id, step, {
    decision: "retry",
    who: "ann",
    why: "the role may delete assignments now",
  });
  expect(decided).toMatchObject({ outcome: "rolled-back", partial: false });
  expect(center.count).toBe(0);
});

test("another process recovers what a closed one left", async () => {
  const closed = await open();
  await restore(await closed.begin(description));
  await closed.close(); // its transactions stay open
  await using journal = await open();
  expect(await recover(journal)).toMatchObject({ transactions: [{ outcome: "rolled-back" }] });
  expect(center.count).toBe(0);
});
