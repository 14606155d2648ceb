/**
 * The place in a type of what JSON cannot hold as it is, e.g. `output.when` of a `Date`; `never` if there is none. Anything with methods is such:
 * dates, maps, sets, buffers, most class instances. `unknown` passes, and what lies deeper than five levels: the rest is looked at when
 * it is written.
 */
export type JsonProblem<T, Place extends string, Depth extends readonly unknown[] = []> = unknown extends T
  ? never
  : Depth["length"] extends 5
    ? never
    : T extends string | number | boolean | null | undefined | void
      ? never
      : T extends bigint | symbol | AnyFunction
        ? Place
        : T extends readonly (infer Each)[]
          ? JsonProblem<Each, `${Place}[]`, [...Depth, 0]>
          : HasMethods<T> extends true
            ? Place
            : { [K in keyof T]-?: JsonProblem<T[K], PlaceOf<Place, K>, [...Depth, 0]> }[keyof T];

type AnyFunction = (...given: never[]) => unknown;

type HasMethods<T> = true extends { [K in keyof T]-?: NonNullable<T[K]> extends AnyFunction ? true : never }[keyof T]
  ? true
  : false;

type PlaceOf<Place extends string, Key> = Key extends string | number ? `${Place}.${Key}` : Place;

/** Asks nothing of an operation whose input and output are plain JSON; of another, what cannot be given. */
export type HoldsPlainJson<Input, Output> = ([JsonProblem<Input, "input">] extends [never]
  ? unknown
  : { readonly apply: `JSON cannot hold this as it is: ${JsonProblem<Input, "input">}` }) &
  ([JsonProblem<Output, "output">] extends [never]
    ? unknown
    : { readonly apply: `JSON cannot hold this as it is: ${JsonProblem<Output, "output">}` });
