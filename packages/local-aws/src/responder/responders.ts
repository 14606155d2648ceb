import { assertKnownOptions, type KnownOptions } from "../known-options.ts";
import { OptionError } from "../option-error.ts";
import type { ScriptedCall, ScriptedReply, ScriptedResponder } from "./scripted-reply.ts";

const knownOptions: KnownOptions<keyof ScriptedResponder> = { service: true, operation: true, when: true, reply: true };

interface Entry {
  readonly responder: ScriptedResponder;
  answered: number;
}

/** The scripted responders of an endpoint; the one added last goes first. */
export class Responders {
  readonly #entries: Entry[] = [];

  add(responder: ScriptedResponder): { readonly answered: number; remove(): void } {
    assertKnownOptions("a responder", responder, knownOptions);
    if (typeof responder.service !== "string") throw new OptionError("service", "a signing name", responder.service);
    if (Array.isArray(responder.reply) && responder.reply.length === 0) {
      throw new OptionError("reply", "at least one reply", responder.reply);
    }
    const entry: Entry = { responder, answered: 0 };
    this.#entries.unshift(entry);
    return {
      get answered() {
        return entry.answered;
      },
      remove: () => {
        const place = this.#entries.indexOf(entry);
        if (place >= 0) this.#entries.splice(place, 1);
      },
    };
  }

  /** The reply of the first responder that wants the call. */
  answer(call: ScriptedCall): ScriptedReply | Promise<ScriptedReply> | undefined {
    for (const entry of this.#entries) {
      const { service, operation, when } = entry.responder;
      if (service !== call.service || (operation !== undefined && operation !== call.operation)) continue;
      if (when !== undefined && !when(call)) continue;
      return next(entry, call);
    }
    return undefined;
  }
}

function next(entry: Entry, call: ScriptedCall): ScriptedReply | Promise<ScriptedReply> {
  const { reply } = entry.responder;
  const turn = entry.answered++;
  if (typeof reply === "function") return reply(call);
  if (isList(reply)) return reply[Math.min(turn, reply.length - 1)]!;
  return reply;
}

function isList(reply: ScriptedReply | readonly ScriptedReply[]): reply is readonly ScriptedReply[] {
  return Array.isArray(reply);
}
