import { statfsSync, statSync } from "node:fs";
import { JournalError } from "../journal-error.ts";

// linux/magic.h. Their locks and flushes do not keep what SQLite needs.
const networkFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB2"],
  [0x5346414f, "AFS"],
  [0x73757245, "Coda"],
  [0x00c36400, "Ceph"],
  [0x01021997, "9P"],
  [0x0bd00bd0, "Lustre"],
  [0x47504653, "GPFS"],
  [0x01161970, "GFS2"],
  [0x7461636f, "OCFS2"],
]);

/** Refuses a folder on a network file system (NFS, so EFS too; SMB; …), as far as the system tells. */
export function refuseNetworkFileSystem(folder: string, typeOf: (folder: string) => number = fileSystemType): void {
  const name = networkFileSystems.get(typeOf(folder));
  if (name === undefined) return;
  throw new JournalError(
    "ERR_JOURNAL_STORE",
    `${folder} lies on ${name}, where a SQLite journal can lose what it acknowledged: put it on a local disk (EBS, instance store)`,
  );
}

/** Refuses a folder or a device where the journal's file should be. */
export function refuseOtherThanFile(path: string): void {
  const stats = statSync(path);
  if (stats.isFile()) return;
  throw new JournalError(
    "ERR_JOURNAL_STORE",
    `${path} is ${stats.isDirectory() ? "a folder" : "not a file"}: give the path of a file for the journal, e.g. ${stats.isDirectory() ? `${path}/changes.journal` : "changes.journal"}`,
  );
}

function fileSystemType(folder: string): number {
  return process.platform === "linux" ? statfsSync(folder).type >>> 0 : 0;
}
