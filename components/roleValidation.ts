import type * as pulumi from "@pulumi/pulumi";
import { policyJsonProblem } from "./policyJson";
import { isPlain, problem, problemsOf, repeated, type Problem } from "./problems";
import type { RoleSettings, TrustSettings } from "./types";

const IAM_NAME = /^[\w+=,.@-]+$/;
const PATH = /^\/$|^\/[!-~]+\/$/;
const [SHORTEST_SESSION, LONGEST_SESSION] = [3600, 43200];
const MAX_ROLE_NAME = 64;
const MAX_POLICY_NAME = 128;
const MAX_PATH = 512;
const MAX_DESCRIPTION = 1000;

/** Says why IAM would refuse a role's name, or undefined. */
export function roleNameProblem(name: string): string | undefined {
  if (name.length > MAX_ROLE_NAME) {
    return `is ${name.length} characters long; IAM takes at most ${MAX_ROLE_NAME}`;
  }
  return IAM_NAME.test(name)
    ? undefined
    : `is not a role's name: "${name}" (letters, digits and + = , . @ _ -)`;
}

/** The physical name of a shard's role, where the user gave one: the original shard's is as it was. */
export function roleNameIn(shard: string | undefined, name: string, trust: TrustSettings): string {
  return shard === undefined || shard === trust.originalShard ? name : `${name}-${shard}`;
}

/** Says why IAM would refuse a session's length, or undefined. */
export function sessionProblem(seconds: number): string | undefined {
  const fine = Number.isInteger(seconds) && seconds >= SHORTEST_SESSION && seconds <= LONGEST_SESSION;
  return fine ? undefined : `is ${seconds}: write seconds, from ${SHORTEST_SESSION} to ${LONGEST_SESSION}`;
}

/** Says why IAM would refuse a path, or undefined. */
export function pathProblem(path: string): string | undefined {
  if (path.length > MAX_PATH) {
    return `is ${path.length} characters long; IAM takes at most ${MAX_PATH}`;
  }
  return PATH.test(path) ? undefined : `is not an IAM path: "${path}" (it begins and ends with "/")`;
}

function descriptionProblem(description: string): string | undefined {
  return description.length <= MAX_DESCRIPTION
    ? undefined
    : `is ${description.length} characters long; IAM takes at most ${MAX_DESCRIPTION}`;
}

/** Faults of the role's settings that are plain values. */
export function roleProblems(role: RoleSettings, trust: TrustSettings = {}): Problem[] {
  const { name, path, maxSessionDuration, description, permissionsBoundaryArn } = role;
  // The longest of the names that are made of it.
  const names = isPlain(name) ? (trust.shards ?? []).map((shard) => roleNameIn(shard, name, trust)) : [];
  const longest = names.reduce(
    (long, one) => (one.length > long.length ? one : long),
    isPlain(name) ? name : "",
  );
  const reasons: [string, string | undefined][] = [
    ["role.name", isPlain(name) ? nameInShardsProblem(name, longest) : undefined],
    ["role.path", isPlain(path) ? pathProblem(path) : undefined],
    ["role.description", isPlain(description) ? descriptionProblem(description) : undefined],
    ["role.maxSessionDuration", isPlain(maxSessionDuration) ? sessionProblem(maxSessionDuration) : undefined],
    [
      "role.permissionsBoundaryArn",
      isPlain(permissionsBoundaryArn) ? policyArnProblem(permissionsBoundaryArn) : undefined,
    ],
  ];
  return [...problemsOf(reasons), ...formerNameProblems(role, trust), ...importProblems(role, trust)];
}

/** A shard's role has a longer name than was written. */
function nameInShardsProblem(name: string, longest: string): string | undefined {
  const reason = roleNameProblem(name);
  if (reason !== undefined || longest === name) return reason;
  const inShard = roleNameProblem(longest);
  return inShard && `makes a role "${longest}" of a shard, which ${inShard}`;
}

function formerNameProblems({ name, formerNames = [] }: RoleSettings, { shards }: TrustSettings): Problem[] {
  const propertyPath = "role.formerNames";
  if (formerNames.length === 0) {
    return [];
  }
  if (shards !== undefined) {
    return [
      {
        propertyPath,
        reason:
          "is for one role; with shards, move clusters to another shard and write clusters[].formerShards",
      },
    ];
  }
  if (!isPlain(name)) {
    return [{ propertyPath, reason: `is given, so role.name must be plain text: the role's name of today` }];
  }
  // IAM takes names that differ in case alone for one.
  const names = [name, ...formerNames].map((one) => one.toLowerCase());
  return formerNames.flatMap((former, index) => {
    const again = names.indexOf(former.toLowerCase()) <= index;
    const reason = again
      ? `is "${former}", which is named already: IAM does not tell names by case`
      : roleNameProblem(former);
    return problem(`${propertyPath}[${index}]`, reason);
  });
}

function importProblems({ name, importRole = false }: RoleSettings, { shards }: TrustSettings): Problem[] {
  const reason = !importRole
    ? undefined
    : shards !== undefined
      ? "takes over one role, and there are shards: take it over without them first, then name its shard in trust.originalShard"
      : isPlain(name)
        ? undefined
        : "needs role.name as plain text: the name of the role that exists";
  return problem("role.importRole", reason);
}

/** Faults of the role's policies: their keys and names are plain, their values may be late. */
export function permissionProblems(args: {
  policyArns?: { [key: string]: pulumi.Input<string> };
  inlinePolicies?: { [name: string]: pulumi.Input<string> };
}): Problem[] {
  const managed = Object.entries(args.policyArns ?? {});
  const paths = managed.map(([key]) => `policyArns[${JSON.stringify(key)}]`);
  const malformed = managed.flatMap(([key, arn], index) => {
    const reason =
      key === "" ? "needs a key that is not empty" : isPlain(arn) ? policyArnProblem(arn) : undefined;
    return problem(paths[index] ?? "", reason);
  });
  const inline = Object.entries(args.inlinePolicies ?? {}).flatMap(([name, policy]) => {
    const reason =
      IAM_NAME.test(name) && name.length <= MAX_POLICY_NAME
        ? isPlain(policy)
          ? policyJsonProblem(policy)
          : undefined
        : `is not a policy's name: 1 to ${MAX_POLICY_NAME} letters, digits and + = , . @ _ -`;
    return problem(`inlinePolicies[${JSON.stringify(name)}]`, reason);
  });
  const twice = repeated(
    managed.map(([, arn]) => (isPlain(arn) ? arn : undefined)),
    paths,
    (arn, first) => `is ${arn}, as ${first} is: keep one of them (removing either would detach the policy)`,
  );
  return [...malformed, ...inline, ...twice];
}

/** Says why this is not the ARN of a managed policy, or undefined. */
export function policyArnProblem(arn: string): string | undefined {
  return /^arn:[^:]+:iam::(aws|\d{12}):policy\/.+$/.test(arn)
    ? undefined
    : `is not the ARN of a managed policy: "${arn}" (arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess, say)`;
}
