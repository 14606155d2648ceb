import { hash } from "node:crypto";
import type { Commit, Entry } from "../journal-store.ts";
import type { JournalRecord } from "./record.ts";

interface EntryText {
  /** The writer: a random word per journal, so that two writers never make the same entry. */
  readonly by: string;
  readonly records: readonly JournalRecord[];
}

/** Writes records as an entry's body. */
export function entryBody(by: string, records: readonly JournalRecord[]): string {
  return JSON.stringify({ by, records } satisfies EntryText);
}

/** Reads an entry's body; throws a `SyntaxError` if it is not one. */
export function entryRecords(body: string): readonly JournalRecord[] {
  return (JSON.parse(body) as EntryText).records;
}

/** An entry's hash: SHA-256 over the hash before it, its place and its body, in hexadecimal. */
export function entryHash(previous: string, { transaction, position, body }: Omit<Entry, "hash">): string {
  return hash("sha256", `${previous}\n${transaction}\n${position}\n${body}`, "hex");
}

/** The order of a commit's entries in its digest: by transaction and position. */
export function byPlace(
  a: Pick<Entry, "transaction" | "position">,
  b: Pick<Entry, "transaction" | "position">,
): number {
  if (a.transaction !== b.transaction) return a.transaction < b.transaction ? -1 : 1;
  return a.position - b.position;
}

/** SHA-256 over the places and hashes of a commit's entries, which are in the order of {@link byPlace}. */
export function commitDigest(entries: readonly Omit<Entry, "body">[]): string {
  return hash("sha256", entries.map((each) => `${each.transaction}\n${each.position}\n${each.hash}\n`).join(""), "hex");
}

/** A commit's hash: SHA-256 over the hash before it, its number and its digest. */
export function commitHash(previous: string, { number, digest }: Pick<Commit, "number" | "digest">): string {
  return hash("sha256", `${previous}\n${number}\n${digest}`, "hex");
}

/** An entry's place as one word: its transaction and position. */
export function memberName({ transaction, position }: Pick<Entry, "transaction" | "position">): string {
  return `${transaction}/${position}`;
}
