import { isRecord } from "./values";

/** A policy document, read as far as its list of statements. */
export interface PolicyDocument {
  /** Whether `${…}` in a value is a policy variable: so in version 2012-10-17, and plain text before it. */
  variables: boolean;
  statements: unknown[];
}

/** Version 2008-10-17, which a document without Version has too, differs in policy variables alone. */
const VARIABLES: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [undefined, false],
  ["2008-10-17", false],
  ["2012-10-17", true],
]);
const ELEMENTS = new Set(["Version", "Id", "Statement"]);

/**
 * Reads a policy document, given as JSON text or parsed: an object is read as the text that would be sent.
 *
 * @returns undefined for what is no policy document, or has something at its top that is not known here.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
 */
export function readDocument(policy: string | object): PolicyDocument | undefined {
  const document = parsed(policy);
  if (!isRecord(document) || document.Statement === undefined) {
    return undefined;
  }
  const variables = VARIABLES.get(document.Version);
  if (variables === undefined || Object.keys(document).some((element) => !ELEMENTS.has(element))) {
    return undefined;
  }
  const statement = document.Statement;
  return { variables, statements: Array.isArray(statement) ? statement : [statement] };
}

function parsed(policy: string | object): unknown {
  try {
    const text = typeof policy === "string" ? policy : JSON.stringify(policy);
    const value: unknown = JSON.parse(text);
    return typeof policy === "string" && repeatsName(text) ? undefined : value;
  } catch {
    return undefined;
  }
}

/**
 * Says whether an object in valid JSON text has two members of one name. `JSON.parse` keeps the last, and another reader
 * may keep the first.
 */
function repeatsName(text: string): boolean {
  const open: string[][] = [];
  for (const [token, name, colon] of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")\s*(:)?|[{}]/g)) {
    if (token === "{") {
      open.push([]);
    } else if (token === "}") {
      if (hasDuplicate(open.pop() ?? [])) return true;
    } else if (name !== undefined && colon !== undefined) {
      open.at(-1)?.push(String(JSON.parse(name)));
    }
  }
  return false;
}

function hasDuplicate(names: string[]): boolean {
  return new Set(names).size < names.length;
}
