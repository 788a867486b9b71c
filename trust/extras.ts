import { keyProblem, type ConditionsFor } from "./extraKeys";
import type { TrustStatement } from "./types";
import { compareText, isRecord, shown } from "./values";

/** Conditions of a statement: for each operator its keys, and for each key the values, of which one is enough. */
export type TrustConditions = { [operator: string]: { [key: string]: string[] } };

/** A statement that stands beside the generated ones and admits principals of IAM, such as a break-glass role. */
export interface ExtraTrustStatement {
  /** Statement ID: letters and digits. Default: none. */
  sid?: string;
  /** ARNs of users, roles or accounts (`arn:aws:iam::<account>:root`), one or more; no wildcards. */
  awsPrincipals: string[];
  /** `sts:AssumeRole` (the default), `sts:TagSession`, `sts:SetSourceIdentity`. */
  actions?: string[];
  /** Conditions of this statement. Default: none. */
  conditions?: TrustConditions;
}

/** One fault of an extra condition or statement; `path` is where, below its list. */
export interface ExtraProblem {
  path: string;
  reason: string;
}

const SID = /^[0-9A-Za-z]+$/;
const PRINCIPAL =
  /^arn:aws[a-z-]*:(iam::\d{12}:(root|(user|role)\/[\w+=,.@/-]+)|sts::\d{12}:assumed-role\/[\w+=,.@-]+\/[\w+=,.@-]+)$/;
const ACTIONS = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
const OPERATOR =
  /^(?:For(?:AnyValue|AllValues):)?(?:String(?:Not)?(?:Equals|EqualsIgnoreCase|Like)|Numeric(?:Not)?Equals|Numeric(?:Less|Greater)Than(?:Equals)?|Date(?:Not)?Equals|Date(?:Less|Greater)Than(?:Equals)?|Bool|(?:Not)?IpAddress|Arn(?:Not)?(?:Equals|Like))(?:IfExists)?$|^Null$/;

/** Faults of conditions, with the keys that the calls they are for never carry. */
export function conditionProblems(conditions: TrustConditions, where: ConditionsFor): ExtraProblem[] {
  if (!isRecord(conditions)) {
    return [{ path: "", reason: "is no map: write operators, each with its keys" }];
  }
  return Object.entries(conditions).flatMap(([operator, keys]): ExtraProblem[] => {
    if (!OPERATOR.test(operator)) {
      return [
        { path: `["${operator}"]`, reason: "is no condition operator: write one such as StringEquals" },
      ];
    }
    if (!isRecord(keys) || Object.keys(keys).length === 0) {
      return [{ path: `["${operator}"]`, reason: "has no key: leave it out" }];
    }
    return Object.entries(keys).flatMap(([key, values]) => {
      const same = (other: string) => other.toLowerCase() === key.toLowerCase();
      const first = Object.keys(keys).find(same);
      const reason =
        first === key
          ? (keyProblem(key, where) ?? valuesProblem(values))
          : `is "${first ?? ""}" in other letters, which IAM takes for the same key: write it once`;
      return reason === undefined ? [] : [{ path: `["${operator}"]["${key}"]`, reason }];
    });
  });
}

function valuesProblem(values: string[]): string | undefined {
  if (!Array.isArray(values) || values.length === 0) {
    return "has no value: list one or more, or leave the key out";
  }
  const strange = Array.from<unknown>(values).filter((value) => typeof value !== "string" || value === "");
  return strange.length === 0 ? undefined : `has a value that is no text: ${shown(strange[0])}`;
}

/** Faults of an extra statement. */
export function extraStatementProblems(statement: ExtraTrustStatement): ExtraProblem[] {
  if (!isRecord(statement)) {
    return [{ path: "", reason: "is no statement: write awsPrincipals" }];
  }
  const { sid, awsPrincipals, actions, conditions = {} } = statement;
  const problems: ExtraProblem[] = [];
  if (sid !== undefined && !isTextOf(SID, sid)) {
    problems.push({ path: ".sid", reason: `is ${shown(sid)}: write letters and digits only` });
  }
  if (!Array.isArray(awsPrincipals) || awsPrincipals.length === 0) {
    problems.push({ path: ".awsPrincipals", reason: "is empty: list the ARNs that this statement admits" });
  } else {
    awsPrincipals.forEach((arn, index) => {
      if (isTextOf(PRINCIPAL, arn)) return;
      problems.push({
        path: `.awsPrincipals[${index}]`,
        reason: `is ${shown(arn)}: write the ARN of a user, a role, an account (arn:<partition>:iam::<account>:root) or one session of a role (arn:<partition>:sts::<account>:assumed-role/<role>/<session>); wildcards and other kinds of principal are not taken`,
      });
    });
  }
  if (actions !== undefined && (!Array.isArray(actions) || actions.length === 0)) {
    problems.push({ path: ".actions", reason: "is empty: leave it out for sts:AssumeRole" });
  }
  const listed: unknown[] = Array.isArray(actions) ? actions : [];
  listed.forEach((action, index) => {
    if (ACTIONS.some((known) => known === action)) return;
    const reason = `is ${shown(action)}: write ${ACTIONS.join(", ")}; web identities come by the bindings alone`;
    problems.push({ path: `.actions[${index}]`, reason });
  });
  const inConditions = conditionProblems(conditions, { for: "principals" });
  return [...problems, ...inConditions.map(({ path, reason }) => ({ path: `.conditions${path}`, reason }))];
}

/** Regular expressions take what is no text for its text. */
function isTextOf(pattern: RegExp, value: unknown): boolean {
  return typeof value === "string" && pattern.test(value);
}

/** An extra statement as IAM reads it. */
export function renderedStatement(statement: ExtraTrustStatement): TrustStatement {
  const { sid, awsPrincipals, actions = ["sts:AssumeRole"], conditions } = statement;
  return {
    ...(sid !== undefined && { Sid: sid }),
    Effect: "Allow",
    Principal: { AWS: oneOrMany(awsPrincipals) },
    Action: oneOrMany(actions),
    ...(conditions && Object.keys(conditions).length > 0 && { Condition: withConditions({}, conditions) }),
  };
}

/** The conditions of a statement with the extra ones beside them: all of them are ANDed. */
export function withConditions(
  own: TrustStatement["Condition"],
  extra: TrustConditions,
): { [operator: string]: { [key: string]: string | string[] } } {
  const merged = { ...own };
  for (const operator of Object.keys(extra).sort(compareText)) {
    const keys = Object.entries(extra[operator] ?? {}).sort(([a], [b]) => compareText(a, b));
    const rendered = keys.map(([key, values]) => [key, oneOrMany(values)] as const);
    merged[operator] = { ...merged[operator], ...Object.fromEntries(rendered) };
  }
  return merged;
}

/** One value as a string: eksctl and others read a single subject, or a single principal, only so. */
export function oneOrMany(values: string[]): string | string[] {
  return values.length === 1 ? String(values[0]) : values;
}
