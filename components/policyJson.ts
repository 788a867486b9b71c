import { isRecord } from "../trust/values";

/** What a JSON text says; undefined for what is no JSON. */
export function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Says why this text is no policy, or undefined. */
export function policyJsonProblem(policy: string): string | undefined {
  return isRecord(parsedJson(policy))
    ? undefined
    : "is no JSON object: write the policy as JSON.stringify gives it";
}
