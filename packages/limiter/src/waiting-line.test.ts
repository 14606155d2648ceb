import fc from "fast-check";
import { expect, test } from "vitest";
import { Place, WaitingLine } from "./waiting-line.ts";

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
      const line = new WaitingLine<Person>();
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
          expect(line.leave(person)).toBe(model.includes(person));
          model = model.filter((other) => other !== person);
        }
        expect([...line]).toEqual(model);
        expect(line.size).toBe(model.length);
        expect(line.first).toBe(model[0]);
      }
    }),
  );
});

test("those who leave while the line is walked do not break the walk", () => {
  const line = new WaitingLine<Person>();
  for (const name of [1, 2, 3, 4]) line.join(new Person(name));
  const seen: number[] = [];
  for (const person of line) {
    seen.push(person.name);
    line.leave(person);
  }
  expect(seen).toEqual([1, 2, 3, 4]);
  expect(line.size).toBe(0);
});
