import type { Claims } from "./token";
import type { ConditionKeys, KeyValues } from "./trustConditions";
import { anyOf, type Truth } from "./truth";

/*
 * Who may call to assume a role, and what a trust policy can say of each. Written from AWS's documentation alone: IAM User
 * Guide ("IAM JSON policy elements: Principal", "AWS global condition context keys", "Available keys for AWS OIDC federation",
 * "Pass session tags in AWS STS"), EKS User Guide ("EKS Pod Identity", pages pod-id-abac, pod-id-role, pod-id-assign-target-role).
 */

/** What STS knows of a web identity once its token is verified. */
export interface WebIdentity extends Claims {
  /** ARN of the OIDC provider that the token's issuer has in the role's account. */
  providerArn: string;
  roleSessionName: string;
}

/** The six tags that EKS Pod Identity gives a session, by the pod. */
export interface SessionTags {
  clusterArn: string;
  clusterName: string;
  namespace: string;
  serviceAccount: string;
  podName: string;
  podUid: string;
}

/** EKS itself, which assumes an association's role for a pod. */
export interface EksService {
  kind: "eks-service";
  /** ARN of the cluster that the association is in. */
  clusterArn: string;
  /** The cluster's account. */
  accountId: string;
  /** Absent where the association has them disabled. */
  tags?: SessionTags;
  roleSessionName: string;
}

/** The session of an association's role, with which EKS goes on to the target role. */
export interface BaseRole {
  kind: "base-role";
  roleArn: string;
  /** Its tags, transitive and so the target session's as well; absent where the association has them disabled. */
  tags?: SessionTags;
  /** `<region>/<account>/<cluster>/<namespace>/<ServiceAccount>`: sent where there are no tags. */
  externalId: string;
  roleSessionName: string;
}

/** Whoever asks for a session of a role. */
export type TrustCaller = WebIdentity | EksService | BaseRole;

/** A caller as a statement sees it. */
export interface CallerFacts {
  /** The actions it needs, each of them. */
  actions: string[];
  /** Is the caller one of these principals of one kind (`Service`, `AWS`, `Federated`)? */
  isOneOf: (kind: string, names: string[]) => Truth;
  keys: ConditionKeys;
}

/** The service principal of EKS Pod Identity, the same in every partition. */
export const podIdentityPrincipal = "pods.eks.amazonaws.com";

/** What a trust policy can say of a caller. */
export function factsOf(caller: TrustCaller): CallerFacts {
  if (!("kind" in caller)) return webIdentityFacts(caller);
  const actions = caller.tags ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"];
  return caller.kind === "eks-service"
    ? { actions, isOneOf: exactly("Service", podIdentityPrincipal), keys: serviceKeys(caller) }
    : { actions, isOneOf: isBaseRole(caller), keys: baseRoleKeys(caller) };
}

/** The six tags by their names. */
export function tagsByName(tags: SessionTags): Map<string, string> {
  return new Map([
    ["eks-cluster-arn", tags.clusterArn],
    ["eks-cluster-name", tags.clusterName],
    ["kubernetes-namespace", tags.namespace],
    ["kubernetes-service-account", tags.serviceAccount],
    ["kubernetes-pod-name", tags.podName],
    ["kubernetes-pod-uid", tags.podUid],
  ]);
}

function webIdentityFacts(caller: WebIdentity): CallerFacts {
  const issuer = caller.issuerUrl.replace(/^https:\/\//, "");
  return {
    actions: ["sts:AssumeRoleWithWebIdentity"],
    isOneOf: exactly("Federated", caller.providerArn),
    // An OIDC key (`<issuer>:<claim>`) exists for the token's own issuer only, and only for the claims that AWS maps. Of
    // aws:FederatedProvider the documentation says the ARN, and an observation the issuer's host and path.
    keys: keysWith([
      [`${issuer}:sub`, [caller.subject]],
      [`${issuer}:aud`, [caller.audience]],
      [`${issuer}:oaud`, caller.originalAudience === undefined ? undefined : [caller.originalAudience]],
      [`${issuer}:amr`, caller.authenticationMethods?.length ? caller.authenticationMethods : undefined],
      [`${issuer}:email`, caller.email === undefined ? undefined : [caller.email]],
      ["sts:RoleSessionName", [caller.roleSessionName]],
    ]),
  };
}

function serviceKeys(caller: EksService): ConditionKeys {
  const known = keysWith([
    ["aws:SourceAccount", [caller.accountId]],
    // The cluster's ARN, and not the association's (awslabs/mountpoint-s3-csi-driver#781).
    ["aws:SourceArn", [caller.clusterArn]],
    ["sts:RoleSessionName", [caller.roleSessionName]],
    ["sts:TransitiveTagKeys", tagKeys(caller.tags)],
    ...requestTags(caller.tags),
  ]);
  return (name) => requestTagAbsent(name, caller.tags) ?? known(name);
}

/**
 * A tag of the base session is a tag of the request for the target, since it is transitive (EKS User Guide,
 * pod-id-assign-target-role). Whether the external ID is sent beside tags is not documented.
 */
function baseRoleKeys(caller: BaseRole): ConditionKeys {
  const known = keysWith([
    ["aws:PrincipalArn", [caller.roleArn]],
    ["aws:PrincipalAccount", [accountOf(caller.roleArn)]],
    ["aws:PrincipalType", ["AssumedRole"]],
    ["sts:ExternalId", caller.tags ? undefined : [caller.externalId]],
    ["sts:RoleSessionName", [caller.roleSessionName]],
    ...requestTags(caller.tags),
    ...namedTags("aws:PrincipalTag", caller.tags),
  ]);
  return (name) => requestTagAbsent(name, caller.tags) ?? known(name);
}

/** A principal that is named by one text only, and by no wildcard. */
function exactly(kind: string, name: string): CallerFacts["isOneOf"] {
  return (written, names) => {
    if (written === kind && names.includes(name)) return "yes";
    return names.some(hasWildcard) ? "unknown" : "no";
  };
}

/** A session of a role is meant by the role's ARN, by its own, by its account, and by everybody. */
function isBaseRole({ roleArn, roleSessionName }: BaseRole): CallerFacts["isOneOf"] {
  const [, partition = ""] = roleArn.split(":");
  const account = accountOf(roleArn);
  const own = [
    roleArn,
    `arn:${partition}:sts::${account}:assumed-role/${roleArn.split("/").at(-1) ?? ""}/${roleSessionName}`,
    `arn:${partition}:iam::${account}:root`,
    account,
    "*",
  ];
  return (kind, names) =>
    kind === "AWS"
      ? anyOf(names.map((name) => (own.includes(name) ? "yes" : hasWildcard(name) ? "unknown" : "no")))
      : "no";
}

type Written = [name: string, values: readonly string[] | undefined];

function requestTags(tags: SessionTags | undefined): Written[] {
  return [...namedTags("aws:RequestTag", tags), ["aws:TagKeys", tagKeys(tags)]];
}

function namedTags(key: string, tags: SessionTags | undefined): Written[] {
  return tags ? [...tagsByName(tags)].map(([name, value]) => [`${key}/${name}`, [value]]) : [];
}

function tagKeys(tags: SessionTags | undefined): string[] | undefined {
  return tags && [...tagsByName(tags).keys()];
}

/** EKS sends its six tags or none, and no others: the rest is known to be absent. */
function requestTagAbsent(name: string, tags: SessionTags | undefined): "absent" | undefined {
  const [, tag] = /^aws:RequestTag\/(.*)$/i.exec(name) ?? [];
  if (tag === undefined)
    return !tags && /^(aws:TagKeys|sts:TransitiveTagKeys)$/i.test(name) ? "absent" : undefined;
  return tags && tagsByName(tags).has(tag.toLowerCase()) ? undefined : "absent";
}

/**
 * The condition keys of a request, from those with a value. Names are compared without regard to case. What is no
 * service's key is an OIDC key of some other issuer, or a misspelt one ("https://…:sub"): no request has it.
 * aws:RequestedRegion, aws:SourceIp and their like have a value on AWS that nobody can know here.
 */
function keysWith(present: Written[]): ConditionKeys {
  const values = new Map(present.map(([name, value]) => [name.toLowerCase(), value]));
  return (name): KeyValues =>
    values.get(name.toLowerCase()) ?? (/^[\w-]+(:(?!\/\/)|$)/.test(name) ? "unknown" : "absent");
}

function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}

function hasWildcard(text: string): boolean {
  return /[*?]/.test(text);
}
