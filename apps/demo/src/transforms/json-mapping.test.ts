// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax of the variables tested here
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJsonMapping } from "./json-mapping.ts";
import { readTransform } from "./read-transform.ts";
import { TransformError } from "./transform-error.ts";

const map = (mapping: unknown, secret: string, variables = {}) =>
  parseJsonMapping(typeof mapping === "string" ? mapping : JSON.stringify(mapping)).apply(secret, variables);
const replacing = (path: string, find: string, replace: string) => ({ transformations: [{ path, find, replace }] });

describe("what is not edited stays as it was, byte for byte", () => {
  const secret =
    '{ "id" : 12345678901234567890,\n\t"rate":1.0, "e":1E+2,"name":"\\u00e9\\/",  "host":"a.us" , "list":[ ] }\n';

  test("around an edited value", () => {
    expect(map({ "$.host": "b" }, secret)).toBe(secret.replace('"a.us"', '"b"'));
    expect(map(replacing("$.host", "us", "eu"), secret)).toBe(secret.replace("a.us", "a.eu"));
  });

  test("where a path names nothing, or a value holds nothing to replace", () => {
    expect(map({ "$.nothing": 1, "$.host.deeper": 2, "$.list[3]": 3 }, secret)).toBe(secret);
    expect(map(replacing("$..*", "not there", "x"), secret)).toBe(secret);
  });

  test("a value of the mapping's own is written as the mapping writes it", () => {
    expect(map('{"$.id": 98765432109876543210, "$.rate": 2.0, "$.list": [ 1.50 ]}', secret)).toBe(
      secret.replace("12345678901234567890", "98765432109876543210").replace(":1.0", ":2.0").replace("[ ]", "[ 1.50 ]"),
    );
  });

  test("whatever the document: setting its values to themselves changes no value", () => {
    const key = fc.stringMatching(/^[a-z]{1,8}$/);
    const anyDocument = fc.dictionary(key, fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(anyDocument, fc.integer({ min: 0, max: 4 }), (document, indent) => {
        const text = JSON.stringify(document, undefined, indent);
        fc.pre(!text.includes("${"));
        const mapping = Object.fromEntries(Object.entries(document).map(([name, value]) => [`$.${name}`, value]));
        expect(JSON.parse(map(mapping, text))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe("paths", () => {
  const secret = '{"a":{"b":"x"},"list":[{"h":"1"},{"h":"2"}],"a.b":"dotted","deep":[{"a":{"h":"3"}}]}';
  test.each([
    ["$.a.b", [0]],
    ["$['a.b']", [1]],
    ['$["a"]["b"]', [0]],
    ["$.list[0].h", [2]],
    ["$.list[-1].h", [3]],
    ["$.list[*].h", [2, 3]],
    ["$..h", [2, 3, 4]],
    ["$.a.*", [0]],
  ])("%s", (path, changed) => {
    const values = ["x", "dotted", "1", "2", "3"];
    const after = JSON.parse(map({ [path]: "NEW" }, secret));
    const now = [after.a.b, after["a.b"], after.list[0].h, after.list[1].h, after.deep[0].a.h];
    expect(now).toEqual(values.map((value, index) => (changed.includes(index) ? "NEW" : value)));
  });

  test.each(["a.b", "$.", "$.a[", "$a", "$.a..", "$.[0]", "$[?(@.a)]", ""])(
    "%j is refused, naming the line",
    (path) => {
      const error = caught(() => map(replacing(path, "a", "b"), "{}"));
      expect(error).toBeInstanceOf(TransformError);
      expect(error).toMatchObject({ line: 1, message: expect.stringMatching(/is no path/) });
    },
  );

  test("a path to several values replaces within each its own", () => {
    expect(map(replacing("$.hosts[*]", "us-east-1", "eu-west-1"), '{"hosts":["a.us-east-1","b.us-east-1","c"]}')).toBe(
      '{"hosts":["a.eu-west-1","b.eu-west-1","c"]}',
    );
  });

  test("of a value and one within it, the outer is written", () => {
    expect(map({ "$..a": 1 }, '{"a":{"a":2},"b":{"a":3}}')).toBe('{"a":1,"b":{"a":1}}');
  });

  test("of a name that stands twice, both are written: readers differ in which they take", () => {
    expect(map({ "$.a": 3 }, '{"a":1,"a":2}')).toBe('{"a":3,"a":3}');
  });
});

describe("find and replace", () => {
  test.each([
    ["is literal: no pattern, no $1", '{"a":"x.y$z"}', ".", "$&", '{"a":"x$&y$z"}'],
    ["keeps a number a number where it can", '{"a":100}', "100", "500", '{"a":500}'],
    ["makes it a string where not", '{"a":100}', "100", "many", '{"a":"many"}'],
    ["keeps a string a string", '{"a":"100"}', "100", "500", '{"a":"500"}'],
    ["escapes what JSON demands", '{"a":"x"}', "x", 'say "hi"\n', '{"a":"say \\"hi\\"\\n"}'],
    ["sees through escapes", '{"a":"\\u0078"}', "x", "y", '{"a":"y"}'],
  ])("%s", (_, before, find, replace, after) => {
    expect(map(replacing("$.a", find, replace), before)).toBe(after);
  });

  test("leaves objects and lists alone", () => {
    expect(map(replacing("$..*", "1", "2"), '{"a":{"b":1},"c":[1]}')).toBe('{"a":{"b":2},"c":[2]}');
  });
});

test("variables are text, whatever they hold; one that is not defined is an error that lists those that are", () => {
  const variables = { REGION: "eu-west-1", ODD: 'a"b\\' };
  expect(map({ "$.r": "in ${REGION}: ${ODD}" }, '{"r":1}', variables)).toBe(
    JSON.stringify({ r: 'in eu-west-1: a"b\\' }),
  );
  expect(map(replacing("$.r", "${REGION}", "${ODD}"), '{"r":"eu-west-1"}', variables)).toBe(
    JSON.stringify({ r: 'a"b\\' }),
  );
  const error = caught(() => map('{"$.a": 1,\n"$.r": "${REGON}"}', '{"r":1}', variables));
  expect(error).toMatchObject({ message: "Line 2: ${REGON} is not defined; there are ${ODD}, ${REGION}" });
});

describe("a mapping that cannot be read names its line", () => {
  test.each([
    ['{"$.a": 1,\n}', 2, /the mapping is not JSON: expected a name in quotes at line 2, column 1/],
    ['{"$.a": 1\n "$.b": 2}', 2, /expected ,/],
    ["[]", 1, /expected a JSON object/],
    ['{"a": 1}', 1, /"a" is no path/],
    ['{"transformations": {}}', 1, /to be a list/],
    ['{"transformations": [\n{"path": "$.a", "find": "b"}]}', 2, /each transformation to be/],
    ['{"transformations": [{"path": "$.a", "find": "", "replace": "c"}]}', 1, /find is empty/],
  ])("%j", (mapping, line, message) => {
    expect(caught(() => parseJsonMapping(mapping))).toMatchObject({
      code: "ERR_TRANSFORM",
      line,
      message: expect.stringMatching(message),
    });
  });
});

describe("a secret that is not JSON is an error that says where, and nothing of what stands there", () => {
  test.each([
    "hunter2",
    '{"password": hunter2}',
    '{"password": "hunter2"',
    "",
    '{"a":"hunter2\n"}',
    "[01]",
    '{"a":1,}',
  ])("%j", (secret) => {
    const error = caught(() => map({ "$.a": 1 }, secret)) as Error;
    expect(error).toMatchObject({ name: "TransformError", message: expect.stringMatching(/at line \d+, column \d+/) });
    expect(`${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain("hunter");
  });

  test("nor does one that is nested without end break it", () => {
    expect(caught(() => map({ "$..a": 1 }, "[".repeat(65_536)))).toMatchObject({ name: "TransformError" });
    expect(map({ "$..a": 1 }, "[".repeat(900) + "]".repeat(900))).toBe("[".repeat(900) + "]".repeat(900));
  });
});

test("auto tells a mapping from a script", () => {
  expect(readTransform('\n {"$.a": 1}', "auto")).toMatchObject({ mode: "json", rules: 1 });
  expect(readTransform('{"transformations":[]}', "auto")).toMatchObject({ mode: "json", rules: 0 });
  expect(readTransform("# {\ns/a/b/\n/c/d", "auto")).toMatchObject({ mode: "sed", rules: 2 });
  expect(caught(() => readTransform("s/a/b/", "json"))).toMatchObject({ code: "ERR_TRANSFORM" });
  expect(caught(() => readTransform('{"$.a": 1}', "sed"))).toMatchObject({ code: "ERR_TRANSFORM" });
});

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return expect.fail("expected an error");
}
