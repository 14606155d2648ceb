import { Timestamp } from "./timestamp.ts";

/** `value` as the content of an XML element: lists become `<member>`s, absent members are left out. */
export function toXml(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return escapeXml(value);
  if (value instanceof Timestamp) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map((member) => element("member", member)).join("");
  if (typeof value === "object") {
    return Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => element(name, member))
      .join("");
  }
  return String(value);
}

function element(name: string, value: unknown): string {
  return `<${name}>${toXml(value)}</${name}>`;
}

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\r": "&#xD;",
};

export function escapeXml(text: string): string {
  return /[&<>"\r]/.test(text) ? text.replace(/[&<>"\r]/g, (character) => escapes[character]!) : text;
}
