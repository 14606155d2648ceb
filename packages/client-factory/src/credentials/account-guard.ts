import { addMiddleware, type SdkMiddleware, type SdkPlugin } from "../plugin/sdk-shapes.ts";

/**
 * Lets no request of a client pass before the credentials are known to be those of the expected account.
 * `check` is asked until it has once agreed; from then on, no more.
 */
export function accountGuard(check: () => Promise<void>): SdkPlugin {
  let checking: Promise<void> | undefined;
  let passed = false;
  const guard = (): Promise<void> => {
    checking ??= check().then(
      () => {
        passed = true;
      },
      (error: unknown) => {
        checking = undefined; // an outage of STS must not condemn the client
        throw error;
      },
    );
    return checking;
  };
  const middleware: SdkMiddleware = (next) => async (args) => {
    if (!passed) await guard();
    return next(args);
  };
  return {
    applyToStack(stack) {
      addMiddleware(stack, middleware, {
        name: "holdfastAccountGuard",
        step: "initialize",
        priority: "high",
        override: true,
      });
    },
  };
}
