import { markup, type Html } from "./markup";

const STEP = "  ";

/** A JSON value as people read it, with its keys and texts marked for the style sheet. */
export function prettyJson(value: unknown, indent = ""): Html {
  if (typeof value === "object" && value !== null) {
    return block(value, indent);
  }
  return markup`<span class="value">${JSON.stringify(value ?? null)}</span>`;
}

function block(value: object, indent: string): Html {
  const inner = indent + STEP;
  const isList = Array.isArray(value);
  const [open, close] = isList ? ["[", "]"] : ["{", "}"];
  const lines = Object.entries(value).map(([key, member], index, all) => {
    const label = isList ? "" : markup`<span class="key">${JSON.stringify(key)}</span>: `;
    return markup`${inner}${label}${prettyJson(member, inner)}${index < all.length - 1 ? "," : ""}\n`;
  });
  return lines.length === 0 ? markup`${open}${close}` : markup`${open}\n${lines}${indent}${close}`;
}
