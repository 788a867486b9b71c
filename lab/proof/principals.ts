import { entriesOf, textsOf, unknown } from "./read";

/** Whom a statement is about. */
export interface Principals {
  everybody: boolean;
  /** ARNs of OIDC providers. */
  federated: string[];
  services: string[];
  /** Each stands for all principals of an account: their own policies decide then. */
  accounts: string[];
  /** ARNs of users, roles and sessions of roles. */
  arns: string[];
}

/** Who makes a request. */
export type Caller =
  | { kind: "token"; provider: string }
  | { kind: "service"; service: string }
  /** A user, a role or a session; without ARN it is one that nothing names, without account it is of an account that nothing names. */
  | { kind: "aws"; arn?: string; account?: string };

/** The name by which EKS assumes roles, the same in every partition. */
export const POD_IDENTITY_SERVICE = "pods.eks.amazonaws.com";

/**
 * Reads the Principal of a statement.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function readPrincipals(written: unknown, where: string): Principals {
  const principals: Principals = { everybody: false, federated: [], services: [], accounts: [], arns: [] };
  if (written === "*") {
    return { ...principals, everybody: true };
  }
  const kinds = entriesOf(written, `${where}, Principal`);
  if (kinds.length === 0) {
    throw unknown(`${where}: whom an empty Principal means`);
  }
  for (const [kind, value] of kinds) {
    for (const name of textsOf(value, false, `${where}, Principal, ${kind}`)) {
      if (!addPrincipal(principals, kind, name)) {
        throw unknown(`${where}: principal ${kind} "${name}"`);
      }
    }
  }
  return principals;
}

/** Is a statement about who makes the request? */
export function isAmong(caller: Caller, principals: Principals): boolean {
  if (principals.everybody) {
    return true;
  }
  if (caller.kind === "token") {
    return principals.federated.includes(caller.provider);
  }
  if (caller.kind === "service") {
    return principals.services.includes(caller.service);
  }
  const { arn, account } = caller;
  return (
    (arn !== undefined && principals.arns.includes(arn)) ||
    (account !== undefined && principals.accounts.includes(account))
  );
}

/** The issuer without `https://` that the ARN of an OIDC provider ends with; undefined for any other text. */
export function parseProvider(arn: string): string | undefined {
  return /^arn:[a-z-]+:iam::\d{12}:oidc-provider\/([^*?\s]+)$/.exec(arn)?.[1];
}

export function isService(name: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name);
}

/** The account that all principals of an account are written by, as its number or as its root. */
export function parseAccount(name: string): string | undefined {
  const [, ofNumber, ofRoot] = /^(\d{12})$|^arn:aws[a-z-]*:iam::(\d{12}):root$/.exec(name) ?? [];
  return ofNumber ?? ofRoot;
}

/** The parts of the ARN of a user, a role or a session of a role; undefined for any other text. */
export function parsePrincipal(
  arn: string,
): { account: string; kind: "user" | "role" | "session"; name: string } | undefined {
  const [, account, type, name] =
    /^arn:aws[a-z-]*:iam::(\d{12}):(user|role)\/(?:[^*?:\s]*\/)?([^*?:/\s]+)$/.exec(arn) ??
    /^arn:aws[a-z-]*:sts::(\d{12}):(assumed-role)\/([^*?:/\s]+)\/[^*?:/\s]+$/.exec(arn) ??
    [];
  if (account === undefined || name === undefined) {
    return undefined;
  }
  return { account, kind: type === "user" || type === "role" ? type : "session", name };
}

function addPrincipal(principals: Principals, kind: string, name: string): boolean {
  const account = parseAccount(name);
  if (kind === "AWS" && name === "*") {
    principals.everybody = true;
  } else if (kind === "AWS" && account !== undefined) {
    principals.accounts.push(account);
  } else if (kind === "AWS" && parsePrincipal(name) !== undefined) {
    principals.arns.push(name);
  } else if (kind === "Service" && isService(name)) {
    principals.services.push(name);
  } else if (kind === "Federated" && parseProvider(name) !== undefined) {
    principals.federated.push(name);
  } else {
    return false;
  }
  return true;
}
