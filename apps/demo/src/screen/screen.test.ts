import { expect, test } from "vitest";
import { openScreen, type ScreenOptions } from "./screen.ts";

function captured(options: Partial<ScreenOptions> & { readonly isTTY?: boolean } = {}) {
  let text = "";
  const output = { write: (more: string) => (text += more), isTTY: options.isTTY, columns: 60 };
  const screen = openScreen({ output, json: false, env: {}, ...options });
  return { screen, text: () => text };
}

test("a terminal gets one live line, replaced as work goes on and cleared before what stays", () => {
  const { screen, text } = captured({ isTTY: true });
  screen.progress(1, 4, "app/a");
  screen.progress(2, 4, "app/b");
  screen.line("done");
  expect(text()).toBe(
    "  ██████░░░░░░░░░░░░░░░░░░ 1/4 app/a\r\u001b[K  ████████████░░░░░░░░░░░░ 2/4 app/b\r\u001b[K  done\n",
  );
});

test("elsewhere there are plain lines, one for each tenth, without escapes", () => {
  const { screen, text } = captured();
  screen.title("Scene");
  for (let done = 1; done <= 40; done += 1) screen.progress(done, 40, "");
  screen.line("done", "good");
  expect(
    text()
      .split("\n")
      .filter((line) => line.includes("/40")),
  ).toHaveLength(10);
  expect(text()).not.toContain("\u001b");
});

test("NO_COLOR is obeyed on a terminal, and colour is used without it", () => {
  const plain = captured({ isTTY: true, env: { NO_COLOR: "1" } });
  plain.screen.line("done", "good");
  expect(plain.text()).toBe("  done\n");
  const coloured = captured({ isTTY: true, env: { NO_COLOR: "" } });
  coloured.screen.line("done", "good");
  expect(coloured.text()).toBe("  \u001b[32mdone\u001b[0m\n");
});

test("machines get one JSON object a line", () => {
  const { screen, text } = captured({ json: true, isTTY: true });
  screen.title("Scene");
  screen.fact("secret", { name: "app/a", outcome: "created" });
  screen.progress(1, 2, "app/a");
  const lines = text()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    { type: "title", text: "Scene" },
    { type: "secret", name: "app/a", outcome: "created" },
  ]);
});

test("numbers of a table go to the right", () => {
  const { screen, text } = captured();
  screen.table("figures", [
    ["what", "calls"],
    ["clean", 5],
    ["storm", 1234],
  ]);
  expect(text()).toBe("  what   calls\n  clean      5\n  storm   1234\n");
});
