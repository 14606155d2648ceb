import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asRoot, canBeRoot, succeeds } from "../as-root.ts";

/** A file system of its own, of few kilobytes. */
export interface SmallDisk {
  readonly kilobytes: number;
  /** Mounts it there; gives the folder back. */
  mount(folder: string): string;
  unmount(): void;
}

export const noTmpfs = "it needs to mount a small tmpfs: Linux, and root (or sudo without a password)";
export const noExt4 =
  "it needs to mount ext4 on a loop device: Linux, mkfs.ext4, /dev/loop-control, and root (or sudo without a password)";

/** A disk in memory; `undefined` where none can be mounted. */
export function tmpfsDisk(kilobytes: number): SmallDisk | undefined {
  if (process.platform !== "linux" || !canBeRoot()) return undefined;
  const owner = `uid=${process.getuid!()},gid=${process.getgid!()}`;
  return mounted(kilobytes, ["-t", "tmpfs", "-o", `size=${kilobytes}k,${owner}`, "tmpfs"]);
}

/** A disk in a file; `undefined` where none can be mounted. `image`: the file, kept by the caller. */
export function ext4Disk(kilobytes: number, image?: string): SmallDisk | undefined {
  if (process.platform !== "linux" || !canBeRoot()) return undefined;
  if (!succeeds("mkfs.ext4", ["-V"]) || !succeeds("test", ["-e", "/dev/loop-control"])) return undefined;
  const folder = image === undefined ? mkdtempSync(join(tmpdir(), "disk-image-")) : undefined;
  const file = image ?? join(folder!, "disk");
  writeFileSync(file, "");
  truncateSync(file, kilobytes * 1_024);
  const owner = `root_owner=${process.getuid!()}:${process.getgid!()}`;
  asRoot("mkfs.ext4", "-q", "-F", "-m", "0", "-E", owner, file);
  const disk = mounted(kilobytes, ["-o", "loop", file]);
  const unmount = () => {
    disk.unmount();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  };
  return { ...disk, unmount };
}

/** What `mount` is told, save the folder. */
export function mounted(kilobytes: number, what: readonly string[]): SmallDisk {
  let at: string | undefined;
  return {
    kilobytes,
    mount: (folder) => {
      asRoot("mount", ...what, folder);
      at = folder;
      return folder;
    },
    unmount: () => void asRoot("umount", "--lazy", at!),
  };
}
