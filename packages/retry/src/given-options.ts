/** The options that say something: one that is `undefined` is as good as left out. */
export function givenOptions<Options extends object>(options: Options): GivenOptions<Options> {
  return Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as GivenOptions<Options>;
}

type GivenOptions<Options> = { readonly [Name in keyof Options]: Exclude<Options[Name], undefined> };
