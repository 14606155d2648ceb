/** Something to dispose of; cockatiel's `IDisposable`. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener; cockatiel's `Event`. A listener that throws never breaks the call it listens to. */
export type Event<T> = (listener: (data: T) => void) => Disposable;

/** Emits to listeners, and survives them. */
export class Emitter<T> {
  #listeners: readonly ((data: T) => void)[] = [];
  #reported = false;

  readonly event: Event<T> = (listener) => {
    this.#listeners = [...this.#listeners, listener];
    return {
      dispose: () => {
        const index = this.#listeners.indexOf(listener);
        if (index >= 0) this.#listeners = this.#listeners.toSpliced(index, 1);
      },
    };
  };

  /** Whether anyone listens: ask before an event costs anything to make. */
  get active(): boolean {
    return this.#listeners.length > 0;
  }

  emit(data: T): void {
    for (const listener of this.#listeners) {
      try {
        const result: unknown = listener(data);
        if (result instanceof Promise) result.catch((error: unknown) => this.#report(error));
      } catch (error) {
        this.#report(error);
      }
    }
  }

  #report(error: unknown): void {
    if (this.#reported) return;
    this.#reported = true;
    console.warn("A listener threw; the call went on, and later throws are not reported", error);
  }
}
