import type { CircuitMachine } from "./circuit-machine.ts";
import type { HoldKind } from "./circuit-state.ts";

/** Keeps a circuit as a person wants it, until disposed of; `using` does it at the end of a block. */
export interface CircuitHold {
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Holds a circuit. Disposing twice releases once. */
export function holdOn(machine: CircuitMachine, kind: HoldKind): CircuitHold {
  let held = true;
  const dispose = () => {
    if (held) machine.release(kind);
    held = false;
  };
  machine.hold(kind);
  return { dispose, [Symbol.dispose]: dispose };
}
