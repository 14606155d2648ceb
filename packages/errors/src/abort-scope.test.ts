import { expect, test } from "vitest";
import { AbortFunction, type AbortListener } from "./abort-listener.ts";
import { AbortScope } from "./abort-scope.ts";

function listeners(log: string[], ...names: string[]): AbortListener[] {
  return names.map((name) => new AbortFunction((reason) => log.push(`${name}: ${reason}`)));
}

function scopeWith(subscribed: readonly AbortListener[]): AbortScope {
  const scope = new AbortScope(undefined);
  for (const listener of subscribed) scope.subscribe(listener);
  return scope;
}

test("listeners hear of an abort once, the first subscribed first, and at once if it has been", () => {
  const log: string[] = [];
  const [a, b, c] = listeners(log, "a", "b", "c");
  const scope = scopeWith([a!, b!]);
  scope.abort("stop");
  scope.abort("again");
  scope.subscribe(c!);
  expect(log).toEqual(["a: stop", "b: stop", "c: stop"]);
});

test.each([
  ["first", 0],
  ["middle", 1],
  ["last", 2],
])("the %s listener can leave, twice too, and listen again", (_which, index) => {
  const log: string[] = [];
  const all = listeners(log, "a", "b", "c");
  const scope = scopeWith(all);
  scope.unsubscribe(all[index]!);
  scope.unsubscribe(all[index]!);
  expect(scope.idle).toBe(false);
  const others = ["a", "b", "c"].toSpliced(index, 1);
  scope.subscribe(all[index]!);
  scope.abort("stop");
  expect(log).toEqual([...others, "abc"[index]].map((name) => `${name}: stop`));
});

test("a scope is idle once all have left", () => {
  const all = listeners([], "a", "b", "c");
  const scope = scopeWith(all);
  for (const listener of all) scope.unsubscribe(listener);
  expect(scope.idle).toBe(true);
});

test("a listener that another takes off while the abort is told does not hear of it", () => {
  const log: string[] = [];
  const [b] = listeners(log, "b");
  const scope = new AbortScope(undefined);
  const taking = new AbortFunction(() => scope.unsubscribe(b!));
  scope.subscribe(taking);
  scope.subscribe(b!);
  scope.abort("stop");
  expect(log).toEqual([]);
});

test("listeners of a closed scope may leave it late, and whoever comes then is told", () => {
  const log: string[] = [];
  const [a, b, late] = listeners(log, "a", "b", "late");
  const scope = scopeWith([a!, b!]);
  scope.close();
  scope.unsubscribe(b!);
  scope.unsubscribe(a!);
  scope.subscribe(late!);
  scope.abort("stop");
  expect(log).toEqual(["late: stop"]);
});

test("a listener that leaves a closed scope late takes nobody along who came since", () => {
  const log: string[] = [];
  const [a, b, c, d] = listeners(log, "a", "b", "c", "d");
  const scope = scopeWith([a!, b!]);
  scope.close();
  scope.subscribe(c!);
  scope.unsubscribe(b!);
  scope.subscribe(d!);
  scope.abort("stop");
  expect(log).toEqual(["c: stop", "d: stop"]);
});

test("whoever reads the signal or begins to listen once its scope is closed keeps nothing on what is around it", () => {
  const outer = new AbortScope(undefined);
  const scope = new AbortScope(outer);
  scope.close();
  const { signal } = scope;
  scope.subscribe(new AbortFunction(() => {}));
  expect(outer.idle).toBe(true);
  outer.abort("stop");
  expect([signal.aborted, scope.aborted]).toEqual([false, true]);
});

test("a scope inside hears of an abort around it, before its own or by it, and stops once it is closed", () => {
  const log: string[] = [];
  const outer = new AbortScope(undefined);
  const [open, closed, own] = [new AbortScope(outer), new AbortScope(outer), new AbortScope(outer)];
  const [a, b, c] = listeners(log, "open", "closed", "own");
  open.subscribe(a!);
  closed.subscribe(b!);
  own.subscribe(c!);
  closed.close();
  own.abort("alone");
  expect([outer.aborted, open.aborted, own.aborted]).toEqual([false, false, true]);
  outer.abort("stop");
  expect(log).toEqual(["own: alone", "open: stop"]);
  expect([open.reason, own.reason]).toEqual(["stop", "alone"]);
});

test("a function leaves as it came, the last subscribed first", () => {
  const log: string[] = [];
  const scope = new AbortScope(undefined);
  const heard = () => log.push("heard");
  scope.subscribe(new AbortFunction(heard));
  scope.subscribe(new AbortFunction(heard));
  scope.unsubscribeFunction(heard);
  scope.unsubscribeFunction(() => {});
  scope.abort("stop");
  expect(log).toEqual(["heard"]);
});
