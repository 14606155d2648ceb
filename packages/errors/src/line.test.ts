import fc from "fast-check";
import { expect, test } from "vitest";
import { Line, Place } from "./line.ts";

class Person extends Place {
  readonly name: number;

  constructor(name: number) {
    super();
    this.name = name;
  }
}

test("keeps the order in which they came, whoever leaves from wherever", () => {
  const steps = fc.array(fc.oneof(fc.constant("join" as const), fc.nat(30)), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (done) => {
      const line = new Line<Person>();
      let model: readonly Person[] = [];
      const everyone: Person[] = [];
      for (const step of done) {
        if (step === "join") {
          const person = new Person(everyone.length);
          everyone.push(person);
          line.join(person);
          model = [...model, person];
        } else if (everyone.length > 0) {
          const person = everyone[step % everyone.length]!;
          person.leave(); // again and again does no harm
          model = model.filter((other) => other !== person);
        }
        expect([...line]).toEqual(model);
        expect(line.first).toBe(model[0]);
        expect(line.last).toBe(model.at(-1));
      }
    }),
  );
});

test("the one at hand may leave while the line is walked", () => {
  const line = new Line<Person>();
  for (const name of [0, 1, 2]) line.join(new Person(name));
  const seen: number[] = [];
  for (const person of line) {
    seen.push(person.name);
    person.leave();
  }
  expect(seen).toEqual([0, 1, 2]);
  expect(line.first).toBeUndefined();
});
