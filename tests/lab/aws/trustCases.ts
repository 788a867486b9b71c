import type { WebIdentity } from "../../../lab/aws/trustCallers";

/*
 * What the tables of expected answers are made of. Every answer is typed by hand from AWS's documentation; a group is named
 * after the section of the IAM User Guide that says so. In the groups "not decidable here" the answer is the lab's own
 * choice: where AWS's cannot be known, nobody gets in.
 */

export const A = "oidc.eks.us-east-1.amazonaws.com/id/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
export const B = "oidc.eks.eu-west-1.amazonaws.com/id/BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
export const reader = "system:serviceaccount:default:s3-reader";
export const writer = "system:serviceaccount:default:writer";

export type Statement = Record<string, unknown>;

/** What is tried, the policy's statements, who calls, and what AWS answers. */
export type Case = [
  description: string,
  statements: Statement | Statement[],
  who: WebIdentity,
  answer: "allow" | "deny",
];

export type Groups = Record<string, Case[]>;

/** ARN of an issuer's OIDC provider. */
export function arnOf(issuer: string): string {
  return `arn:aws:iam::123456789012:oidc-provider/${issuer}`;
}

/** `default/s3-reader` of cluster A, with changes. */
export function caller(changes: Partial<WebIdentity> = {}, issuer = A): WebIdentity {
  return {
    providerArn: arnOf(issuer),
    issuerUrl: `https://${issuer}`,
    subject: reader,
    audience: "sts.amazonaws.com",
    roleSessionName: "session",
    ...changes,
  };
}

export const readerOfA = caller();
export const writerOfA = caller({ subject: writer });
export const readerOfB = caller({}, B);
export const writerOfB = caller({ subject: writer }, B);

/** Principal of both clusters' providers. */
export const bothProviders = { Federated: [arnOf(A), arnOf(B)] };

/** An Allow for A's provider, with parts replaced; an `undefined` part is left out. */
export function allow(parts: Statement = {}): Statement {
  return {
    Effect: "Allow",
    Principal: { Federated: arnOf(A) },
    Action: "sts:AssumeRoleWithWebIdentity",
    ...parts,
  };
}

/** A Deny for A's provider, with parts replaced. */
export function deny(parts: Statement = {}): Statement {
  return allow({ Effect: "Deny", ...parts });
}

/** An Allow for A's provider under a condition. */
export function when(Condition: Statement): Statement {
  return allow({ Condition });
}

/** An Allow for A's provider under one operator on A's `sub`. */
export function sub(operator: string, value: unknown): Statement {
  return when({ [operator]: { [`${A}:sub`]: value } });
}

/** An Allow for A's provider under one operator on A's `amr`. */
export function amr(operator: string, value: unknown): Statement {
  return when({ [operator]: { [`${A}:amr`]: value } });
}

/** An Allow for A's provider under one operator on the `sub` of B, which no token of A has. */
export function subOfB(operator: string, value: unknown): Statement {
  return when({ [operator]: { [`${B}:sub`]: value } });
}

/** An Allow for both providers under one operator on any keys. */
export function both(operator: string, keys: Statement): Statement {
  return allow({ Principal: bothProviders, Condition: { [operator]: keys } });
}
