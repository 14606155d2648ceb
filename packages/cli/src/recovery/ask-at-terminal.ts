import type { GuidedAnswer, RecoverOptions } from "@holdfast/rollback/recovery";
import type { CliIo } from "../cli-io.ts";
import { detailsText } from "./details.ts";

/** Shows a transaction to a person and asks what to do, until the answer is clear. Anything but a clear yes leaves it. */
export function askAtTerminal({ ask, err }: CliIo): NonNullable<RecoverOptions["ask"]> {
  return async (view) => {
    err(`\n${detailsText(view)}\n`);
    for (;;) {
      const line = (await ask?.(`Roll back ${view.id}? [rollback/leave] `)) ?? "leave";
      const answer = answers[line.trim().toLowerCase()];
      if (answer !== undefined) return answer;
      err("Type `rollback` or `leave`.\n");
    }
  };
}

const answers: Readonly<Record<string, GuidedAnswer>> = {
  rollback: "rollback",
  r: "rollback",
  leave: "leave",
  l: "leave",
  "": "leave",
};
