import { text, texts } from "../protocol/members.ts";
import { Timestamp } from "../protocol/timestamp.ts";
import type { Operation, ServiceCall } from "../server/service.ts";
import { cloudWatchError } from "./cloudwatch-error.ts";
import { pageFrom } from "./page-from.ts";

interface Dashboard {
  readonly name: string;
  readonly body: string;
  readonly changedAt: number;
}

/** The dashboards of every account; they are not of a region. */
export class DashboardStore {
  readonly #accounts = new Map<string, Map<string, Dashboard>>();

  of(account: string): Map<string, Dashboard> {
    const dashboards = this.#accounts.get(account) ?? new Map<string, Dashboard>();
    this.#accounts.set(account, dashboards);
    return dashboards;
  }
}

export function putDashboard(store: DashboardStore): Operation {
  return (input, call) => {
    const name = text(input, "DashboardName") ?? "";
    const body = text(input, "DashboardBody") ?? "";
    if (!/^[\w-]{1,255}$/.test(name))
      throw invalidDashboard("The field DashboardName must be 1 to 255 letters, digits, _ or -.", "/");
    checkBody(body);
    store.of(call.account).set(name, { name, body, changedAt: call.now });
    return { DashboardValidationMessages: [] };
  };
}

export function getDashboard(store: DashboardStore): Operation {
  return (input, call) => {
    const name = text(input, "DashboardName") ?? "";
    const dashboard = store.of(call.account).get(name);
    if (dashboard === undefined) throw cloudWatchError("DashboardNotFoundError", `Dashboard ${name} does not exist`);
    return { DashboardArn: arnOf(call, name), DashboardName: name, DashboardBody: dashboard.body };
  };
}

export function listDashboards(store: DashboardStore): Operation {
  return (input, call) => {
    const prefix = text(input, "DashboardNamePrefix") ?? "";
    const found = [...store.of(call.account).values()].filter(({ name }) => name.startsWith(prefix));
    const { items, NextToken } = pageFrom(input, found, { sizeMember: "PageSize", most: 1_000 });
    return {
      DashboardEntries: items.map(({ name, body, changedAt }) => ({
        DashboardName: name,
        DashboardArn: arnOf(call, name),
        LastModified: new Timestamp(changedAt),
        Size: Buffer.byteLength(body),
      })),
      NextToken,
    };
  };
}

/** All of the dashboards or, when one is unknown, none. */
export function deleteDashboards(store: DashboardStore): Operation {
  return (input, call) => {
    const dashboards = store.of(call.account);
    const names = texts(input, "DashboardNames") ?? [];
    const unknown = names.find((name) => !dashboards.has(name));
    if (unknown !== undefined) throw cloudWatchError("DashboardNotFoundError", `Dashboard ${unknown} does not exist`);
    for (const name of names) dashboards.delete(name);
    return {};
  };
}

const widgetTypes = ["metric", "text", "log", "alarm", "explorer", "custom"];

function checkBody(body: string): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw invalidDashboard("The field DashboardBody must be a valid JSON object", "/");
  }
  const widgets = typeof parsed === "object" && parsed !== null && "widgets" in parsed ? parsed.widgets : undefined;
  if (!Array.isArray(widgets)) throw invalidDashboard('The dashboard body must have a list "widgets"', "/widgets");
  if (widgets.length > 500) throw invalidDashboard("A dashboard can have at most 500 widgets", "/widgets");
  widgets.forEach((widget: { readonly type?: unknown; readonly properties?: unknown }, index) => {
    if (!widgetTypes.includes(String(widget.type))) {
      throw invalidDashboard(`Should be one of ${widgetTypes.join(", ")}`, `/widgets/${index}/type`);
    }
    if (typeof widget.properties !== "object")
      throw invalidDashboard("Should have property 'properties'", `/widgets/${index}`);
  });
}

function arnOf({ account }: ServiceCall, name: string): string {
  return `arn:aws:cloudwatch::${account}:dashboard/${name}`;
}

function invalidDashboard(message: string, dataPath: string): Error {
  return cloudWatchError("DashboardInvalidInputError", "The dashboard body is invalid, there are 1 validation errors", {
    dashboardValidationMessages: [{ DataPath: dataPath, Message: message }],
  });
}
