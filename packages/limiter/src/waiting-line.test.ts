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
      const line = new WaitingLine<Person>(0);
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
        expect(everyoneIn(line)).toEqual(model);
        expect(line.first).toBe(model[0]);
      }
    }),
  );
});

function everyoneIn(line: WaitingLine<Person>): readonly Place[] {
  const everyone: Place[] = [];
  for (let place = line.after; place !== line; place = place.after) everyone.push(place);
  return everyone;
}
