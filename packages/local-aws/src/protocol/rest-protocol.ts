import { json11 } from "./json-protocol.ts";
import type { Protocol } from "./protocol.ts";

/** Services whose operation is a method and a path. Only scripted responders answer here: JSON unless they answer raw. */
export const rest: Protocol = {
  name: "rest",
  writeOutput(output, answering) {
    const reply = json11.writeOutput(output, answering);
    return { ...reply, headers: { ...reply.headers, "content-type": "application/json" } };
  },
  writeError(error, answering) {
    const reply = json11.writeError(error, answering);
    const headers = { ...reply.headers, "content-type": "application/json", "x-amzn-errortype": error.code };
    return { ...reply, headers };
  },
};
