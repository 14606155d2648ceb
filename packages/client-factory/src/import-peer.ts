/** Imports an optional peer, or says which package to install. */
export async function importPeer<Module>(name: string, load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if ((error as { code?: unknown } | undefined)?.code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new MissingPeerError(name, { cause: error });
  }
}

/** An AWS SDK package that this use of the factory needs is not installed. */
export class MissingPeerError extends Error {
  override readonly name = "MissingPeerError";
  readonly code = "ERR_MISSING_PEER"; // recognised by code: two copies of this package may be installed
  readonly packageName: string;

  constructor(packageName: string, options?: ErrorOptions) {
    super(
      `This needs ${packageName}, an optional peer that is not installed; run: npm install ${packageName}`,
      options,
    );
    this.packageName = packageName;
  }
}
