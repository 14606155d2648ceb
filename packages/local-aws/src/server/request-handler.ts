import type { CallLog, OpenCallRecord } from "../calls/call-log.ts";
import type { Clock } from "../clock.ts";
import { faultError } from "../faults/fault-error.ts";
import type { FaultPlan, FaultRules } from "../faults/faults.ts";
import type { AccessKeys } from "../identity/access-keys.ts";
import type { Authenticator } from "../identity/authenticator.ts";
import { localUser, type Principal } from "../identity/principal.ts";
import type { Answering, Fields, Reply } from "../protocol/protocol.ts";
import { ServiceError } from "../protocol/service-error.ts";
import type { Quotas } from "../quotas/quotas.ts";
import type { Responders } from "../responder/responders.ts";
import type { ScriptedReply } from "../responder/scripted-reply.ts";
import { newCallRecord } from "./call-record.ts";
import type { Exchange } from "./exchange.ts";
import { jsonErrors, queryErrors, refusal } from "./front-door-errors.ts";
import { type IncomingCall, readIncomingCall } from "./incoming-call.ts";
import type { FrontDoorErrors, Service } from "./service.ts";
import type { WireRequest } from "./wire-request.ts";

export interface RequestHandlerParts {
  readonly services: readonly Service[];
  readonly accessKeys: AccessKeys;
  readonly authenticator: Authenticator;
  /** Throws `ServiceError` unless the principal may do what the call asks. */
  readonly authorize: (principal: Principal, call: IncomingCall, service: Service) => void;
  readonly faults: FaultRules;
  readonly quotas: Quotas;
  readonly responders: Responders;
  readonly calls: CallLog;
  readonly clock: Clock;
}

/** One request on its way through the endpoint. */
interface Passage {
  readonly request: WireRequest;
  readonly call: IncomingCall;
  readonly plan: FaultPlan;
  readonly record: OpenCallRecord;
  readonly answering: Answering;
  readonly errors: FrontDoorErrors;
  readonly exchange: Exchange;
}

/** Walks a request from the wire to its answer: read, faults, signature, permission, quota, operation. */
export class RequestHandler {
  readonly #parts: RequestHandlerParts;
  readonly #timers = new Set<unknown>();

  constructor(parts: RequestHandlerParts) {
    this.#parts = parts;
  }

  handle(request: WireRequest, exchange: Exchange): void {
    const { services, accessKeys, faults, calls, clock } = this.#parts;
    const call = readIncomingCall(request, services, accessKeys);
    const plan = faults.plan(call);
    const record = newCallRecord(call, request, plan, calls.nextSequence(), clock.now());
    calls.add(record);
    const passage: Passage = {
      request,
      call,
      plan,
      record,
      exchange,
      errors: call.known?.errors ?? (call.protocol.name === "query" ? queryErrors : jsonErrors),
      answering: {
        operation: call.operation,
        requestId: record.requestId,
        queryMode: call.queryMode,
        namespace: call.known?.errorNamespace ?? "",
        xmlNamespace: call.known?.xmlNamespace ?? "",
      },
    };
    if (plan.latencyMs > 0) this.#later(plan.latencyMs, () => this.#proceed(passage));
    else this.#proceed(passage);
  }

  /** Forgets the answers that were to come later. */
  close(): void {
    for (const timer of this.#timers) this.#parts.clock.clearTimeout(timer);
    this.#timers.clear();
  }

  #later(delayMs: number, action: () => void): void {
    const timer = this.#parts.clock.setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, delayMs);
    this.#timers.add(timer);
  }

  #proceed(passage: Passage): void {
    if (this.#interrupt(passage)) return;
    try {
      const result = this.#perform(passage);
      if (!(result instanceof Promise)) this.#respond(passage, result);
      else
        result.then(
          (reply) => this.#respond(passage, reply),
          (error: unknown) => this.#respondError(passage, error),
        );
    } catch (error) {
      this.#respondError(passage, error);
    }
  }

  /** Faults of the connection, which strike before the service hears of the request. True when one did. */
  #interrupt(passage: Passage): boolean {
    const { exchange, plan } = passage;
    const { rule } = plan;
    if (rule?.fault === "reset" || (rule?.fault === "outage" && rule.mode === "reset")) exchange.reset();
    else if (rule?.fault === "html") this.#answer(passage, htmlReply(rule.status ?? 503));
    else if (rule?.fault === "empty-body") this.#answer(passage, { status: rule.status ?? 503, headers: {}, body: "" });
    else
      return (
        (rule?.fault === "hang" && rule.afterEffect !== true) || (rule?.fault === "outage" && rule.mode === "hang")
      );
    return true;
  }

  /** The reply to a request that no fault of the connection befell. Throws `ServiceError`. */
  #perform(passage: Passage): Reply | Promise<Reply> {
    const { call, plan, errors } = passage;
    if (call.unreadable !== undefined) throw call.unreadable;
    if (plan.rule !== undefined) {
      const action = `${call.known?.actionPrefix ?? call.service}:${call.operation}`;
      const resource = call.known?.resource?.(call.input, call) ?? "*";
      const principalArn = call.key?.session?.principal.arn ?? localUser(call.account, call.region).arn;
      const error = faultError(plan.rule, errors, { principalArn, action, resource });
      if (error !== undefined) throw error;
    }
    return this.#script(passage) ?? call.protocol.writeOutput(this.#operate(passage), passage.answering);
  }

  /** The scripted reply, where there is one. Sessions must not have ended, but signatures are not looked at. */
  #script(passage: Passage): Reply | Promise<Reply> | undefined {
    const { call, request, record, errors } = passage;
    const { method, path, search, headers, body } = request;
    const scripted = this.#parts.responders.answer({ ...call, method, path, search, headers, body });
    if (scripted === undefined) return undefined;
    this.#parts.authenticator.checkSession(call, errors);
    record.effect = true;
    if (scripted instanceof Promise) return scripted.then((reply) => scriptedReply(reply, passage));
    return scriptedReply(scripted, passage);
  }

  #operate({ call, request, plan, errors, record }: Passage): Fields {
    const { authenticator, authorize, quotas, clock } = this.#parts;
    const { known, operation, region } = call;
    if (known === undefined) throw unknownOperation(call, errors);
    const principal = authenticator.principalOf(request, call, known, plan.skewMs);
    const operate = known.operations.get(operation);
    if (operate === undefined) throw unknownOperation(call, errors);
    authorize(principal, call, known);
    if (request.content().length > (known.longestContent ?? Number.POSITIVE_INFINITY)) {
      throw new ServiceError("RequestEntityTooLarge", `A request may be ${known.longestContent} bytes long.`, {
        status: 413,
      });
    }
    if (!quotas.admit(call.service, operation, principal.account, region, clock.monotonic())) {
      throw refusal(errors.throttled, "Rate exceeded");
    }
    const { account } = principal;
    const output = operate(call.input, { operation, account, region, principal, now: clock.now() });
    record.effect = true;
    return output;
  }

  #respond(passage: Passage, reply: Reply): void {
    const { rule } = passage.plan;
    if (rule?.fault === "lost-response") passage.exchange.reset();
    else if (rule?.fault === "truncated-body") passage.exchange.breakOff(reply);
    else if (rule?.fault === "error-after-effect") this.#answerError(passage, rule.status ?? 500);
    else if (rule?.fault !== "hang") this.#answer(passage, reply);
  }

  #answerError(passage: Passage, status: number): void {
    const { call, errors, answering, record } = passage;
    const error = refusal({ ...errors.internal, status }, "An internal error has occurred.");
    record.errorCode = error.code;
    this.#answer(passage, call.protocol.writeError(error, answering));
  }

  #respondError(passage: Passage, cause: unknown): void {
    const { call, errors, answering, record } = passage;
    const error =
      cause instanceof ServiceError ? cause : refusal(errors.internal, `The endpoint failed: ${String(cause)}`);
    record.errorCode = error.code;
    this.#respond(passage, call.protocol.writeError(error, answering));
  }

  #answer({ plan, record, exchange }: Passage, reply: Reply): void {
    record.status = reply.status;
    record.durationMs = this.#parts.clock.now() - record.at;
    if (plan.skewMs !== 0) reply.headers.date = new Date(Date.now() + plan.skewMs).toUTCString();
    exchange.answer(reply);
  }
}

function scriptedReply(scripted: ScriptedReply, { call, answering, record }: Passage): Reply {
  if ("raw" in scripted) {
    const { status = 200, headers = {}, body = "" } = scripted.raw;
    return { status, headers: { "x-amzn-requestid": answering.requestId, ...headers }, body };
  }
  if ("output" in scripted) return call.protocol.writeOutput(scripted.output, answering);
  const { code, message = code, status, headers, fields } = scripted.error;
  record.errorCode = code;
  return call.protocol.writeError(new ServiceError(code, message, { status, headers, fields }), answering);
}

function unknownOperation(
  { known, service, operation, protocol }: IncomingCall,
  errors: FrontDoorErrors,
): ServiceError {
  const what = known === undefined ? `the service ${service || "of an unsigned request"}` : `${service}:${operation}`;
  const next = "add a scripted responder with respond() to answer it";
  if (protocol.name === "query" && known !== undefined) {
    const message = `Could not find operation ${operation} for version ${known.queryVersion}: the local endpoint does not implement it; ${next}`;
    return refusal(errors.unknownOperation, message);
  }
  return refusal(errors.unknownOperation, `The local endpoint does not implement ${what}; ${next}`);
}

function htmlReply(status: number): Reply {
  const body = `<html><head><title>${status}</title></head><body><h1>${status}</h1><hr>proxy</body></html>`;
  return { status, headers: { "content-type": "text/html" }, body };
}
