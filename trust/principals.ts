import { isRecord, stringsOf } from "./values";

/** The kinds of principals that a statement may name. */
const PRINCIPAL_KINDS = ["AWS", "Service", "Federated", "CanonicalUser"] as const;
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

/** Who asks for a role, as the Principal element of a statement may name it. */
export interface Caller {
  kind: PrincipalKind;
  /** For the reason where no statement names it. */
  what: string;
  /** The names of this kind that may stand for it, where they can be listed. Default: every name is asked about. */
  names?: string[];
  /** Whether a name of this kind stands for it; undefined where that is not known. */
  isNamedBy: (name: string) => boolean | undefined;
}

/**
 * The Principal element of a statement; kinds are ORed.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export type Principals = "everyone" | "unreadable" | ReadonlyMap<PrincipalKind, ReadonlySet<string>>;

/** Reads a Principal element. `"*"` and `"AWS": "*"` are equivalent. */
export function principalsOf(principal: unknown): Principals {
  if (principal === "*") {
    return "everyone";
  }
  if (!isRecord(principal)) {
    return "unreadable";
  }
  const read = new Map<PrincipalKind, ReadonlySet<string>>();
  for (const [kind, value] of Object.entries(principal)) {
    const names = stringsOf(value);
    const known = PRINCIPAL_KINDS.find((one) => one === kind);
    if (!known || !names) return "unreadable";
    read.set(known, new Set(names));
  }
  return read.get("AWS")?.has("*") === true ? "everyone" : read;
}

/** Whether a caller is among the principals; undefined where that is not known. */
export function includesCaller(principals: Principals, caller: Caller): boolean | undefined {
  if (typeof principals === "string") {
    return principals === "everyone" ? true : undefined;
  }
  const named = principals.get(caller.kind) ?? new Set<string>();
  const asked = caller.names?.filter((name) => named.has(name)) ?? [...named];
  const answers = asked.map(caller.isNamedBy);
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

/** Whether the principals have, or may have, somebody of a kind. */
export function mayHaveKind(principals: Principals, kind: PrincipalKind): boolean {
  return typeof principals === "string" || (principals.get(kind)?.size ?? 0) > 0;
}

/** The tokens of an OIDC provider, in the account of the role. */
export function webIdentityCaller(arn: string, hostPath: string): Caller {
  return {
    kind: "Federated",
    what: "the token's OIDC provider",
    names: [arn, hostPath, "*"],
    // What a provider's bare name means, where IAM wants an ARN, is not documented. A `*` is taken for every provider.
    isNamedBy: (name) => (name === arn || name === "*" ? true : name === hostPath ? undefined : false),
  };
}

/** A service of AWS. */
export function serviceCaller(service: string): Caller {
  return {
    kind: "Service",
    what: service,
    // Whether a service is known by other spellings, or by a wildcard, is not documented.
    isNamedBy: (name) =>
      name === service
        ? true
        : name.includes("*") || name.toLowerCase() === service.toLowerCase()
          ? undefined
          : false,
  };
}

// A path may have nearly any character; those of patterns are left out, since nobody says what IAM makes of them in a principal.
const ROLE_ARN =
  /^arn:(?<partition>aws[a-z-]*):iam::(?<accountId>\d{12}):role\/(?<name>(?:[!-)+->@-~]+\/)?[\w+=,.@-]+)$/;
const PRINCIPAL_ARN =
  /^arn:(?<partition>aws[a-z-]*):(?:iam|sts)::(?<accountId>\d{12}):(?:root|(?<kind>user|role|assumed-role|federated-user)\/(?<name>[\w+=,.@/-]+))$/;

/** The parts of a role's ARN. */
export interface RoleArnParts {
  partition: string;
  accountId: string;
  /** With its path. */
  name: string;
}

/** Takes the ARN of a role apart; undefined when it is none. */
export function parseRoleArn(arn: string): RoleArnParts | undefined {
  const parts = ROLE_ARN.exec(arn)?.groups as RoleArnParts | undefined;
  return parts && { ...parts };
}

/**
 * A session of a role. Its role stands for it, and so does the account, which leaves it to the role's own policies whether it may.
 *
 * What is not known to be somebody else may be this one: the session by its own name, which nobody knows beforehand, a unique ID
 * (`AROA…`), and names that IAM would refuse.
 */
export function roleCaller(arn: string, { partition, accountId, name }: RoleArnParts): Caller {
  const own = new Set([arn, accountId, `arn:${partition}:iam::${accountId}:root`]);
  const plain = lastPart(name);
  return {
    kind: "AWS",
    what: "the base role or its account",
    isNamedBy: (other) => {
      if (own.has(other)) return true;
      if (/^\d{12}$/.test(other)) return false;
      const parts = PRINCIPAL_ARN.exec(other)?.groups;
      if (!parts) return undefined;
      const elsewhere = parts.partition !== partition || parts.accountId !== accountId;
      const who = parts.name ?? "";
      const role = parts.kind === "assumed-role" ? who.split("/")[0] : lastPart(who);
      // Names of roles are unique whatever their case.
      const isOne = parts.kind === "role" || parts.kind === "assumed-role";
      return !elsewhere && isOne && role?.toLowerCase() === plain ? undefined : false;
    },
  };
}

/** A role's name without its path. */
function lastPart(name: string): string {
  return (name.split("/").at(-1) ?? "").toLowerCase();
}
