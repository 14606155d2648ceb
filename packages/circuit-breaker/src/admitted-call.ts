import type { AbortListener, CallContext, Settler } from "@holdfast/errors/policy";
import { judgeAbort } from "./call-judge.ts";
import type { CircuitMachine } from "./circuit-machine.ts";
import { countError, countValue, startOf } from "./count-call.ts";
import type { Pass } from "./pass.ts";

/** A call that a circuit let through: tells the circuit how it ended, and then whoever made it. */
export class AdmittedCall<T> implements Settler<T> {
  // Neither #private nor initialized: made by each call, as `AbortScope` says.
  declare private readonly machine: CircuitMachine;
  declare private readonly pass: Pass;
  declare private readonly context: CallContext;
  declare private readonly settler: Settler<T>;
  declare private readonly startedAtMs: number | undefined;
  declare private readonly caller: Caller | undefined;

  constructor(machine: CircuitMachine, pass: Pass, context: CallContext, settler: Settler<T>) {
    this.machine = machine;
    this.pass = pass;
    this.context = context;
    this.settler = settler;
    this.startedAtMs = startOf(machine);
    this.caller = context.abortable ? new Caller(machine, pass, context) : undefined;
  }

  succeed(value: T): void {
    this.caller?.ended();
    countValue(this.machine, this.pass, this.context, this.startedAtMs, value);
    this.settler.succeed(value);
  }

  fail(error: unknown): void {
    this.caller?.ended();
    countError(this.machine, this.pass, this.context, this.startedAtMs, error);
    this.settler.fail(error);
  }
}

/** The caller of an admitted call. One who leaves is counted then and there: what runs may ignore its signal, and never settle. */
class Caller implements AbortListener {
  newer: AbortListener | undefined = undefined;
  older: AbortListener | undefined = undefined;
  readonly #machine: CircuitMachine;
  readonly #pass: Pass;
  readonly #context: CallContext;

  constructor(machine: CircuitMachine, pass: Pass, context: CallContext) {
    this.#machine = machine;
    this.#pass = pass;
    this.#context = context;
    context.onAbort(this);
  }

  heard(reason: unknown): void {
    const judgement = judgeAbort(this.#machine.settings, this.#context);
    this.#machine.settle(this.#pass, { ...judgement, slow: false, error: reason }, this.#context.call);
  }

  /** The call has ended. */
  ended(): void {
    this.#context.offAbort(this);
  }
}
