import { AwsError } from "../query";
import type { RestCall } from "../rest";

/** EKS's answer to a parameter that it does not take. */
export function invalidParameter(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}

/** A text of the body; absent where it is not given. */
export function textField({ body }: RestCall, name: string): string | undefined {
  const { [name]: value } = body;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw invalidParameter(`${name} must be a string.`);
  return value;
}

/** A text of the body that must be there. */
export function requiredField(call: RestCall, name: string): string {
  const value = textField(call, name);
  if (!value) throw invalidParameter(`${name} must not be null or empty.`);
  return value;
}

export function booleanField({ body }: RestCall, name: string): boolean | undefined {
  const { [name]: value } = body;
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "boolean") throw invalidParameter(`${name} must be a boolean.`);
  return value;
}

/** Refuses members of the body that the lab would ignore: what is not applied must not be taken. */
export function refuseUnknown({ body }: RestCall, known: string[]): void {
  const other = Object.keys(body).find((name) => !known.includes(name) && body[name] !== undefined);
  if (other !== undefined) {
    throw new AwsError("NotImplementedException", `The lab's EKS does not know ${other}.`, 501);
  }
}

const MOST_TAGS = 50;

/** The tags of a body, within the bounds of EKS's API (TagMap, TagKey, TagValue). */
export function tagsField({ body }: RestCall): Record<string, string> {
  const { tags = {} } = body;
  if (typeof tags !== "object" || tags === null || Array.isArray(tags))
    throw invalidParameter("tags must be a map.");
  const entries = Object.entries(tags as Record<string, unknown>);
  if (entries.length > MOST_TAGS) throw invalidParameter(`There may be ${MOST_TAGS} tags at most.`);
  const read = entries.map(([key, value]) => {
    if (key.length < 1 || key.length > 128)
      throw invalidParameter("The key of a tag has 1 to 128 characters.");
    if (/^aws:/i.test(key)) throw invalidParameter(`The key of a tag must not begin with aws: ${key}`);
    if (typeof value !== "string" || value.length > 256) {
      throw invalidParameter(`The value of a tag has 256 characters at most: ${key}`);
    }
    return [key, value] as const;
  });
  return Object.fromEntries(read);
}

const LONGEST_PAGE = 100;

/** One page of a list, and the token for the next one where there is more. */
export function pageOf<T>({ query }: RestCall, items: T[]): { page: T[]; nextToken?: string } {
  const size = Number(query.get("maxResults") ?? LONGEST_PAGE);
  if (!Number.isInteger(size) || size < 1 || size > LONGEST_PAGE) {
    throw invalidParameter(`maxResults must be between 1 and ${LONGEST_PAGE}.`);
  }
  const start = startOf(query.get("nextToken"));
  const page = items.slice(start, start + size);
  const next = start + size;
  return next < items.length ? { page, nextToken: Buffer.from(`from-${next}`).toString("base64") } : { page };
}

function startOf(token: string | null): number {
  if (token === null) return 0;
  const [, start] = /^from-(\d{1,9})$/.exec(Buffer.from(token, "base64").toString()) ?? [];
  if (start === undefined) throw invalidParameter("nextToken is not one that EKS gave.");
  return Number(start);
}

/** A time as EKS's JSON has it: seconds since 1970. */
export function seconds(time: Date): number {
  return time.getTime() / 1000;
}
