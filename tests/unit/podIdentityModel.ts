import type { PodIdentityRequest } from "../../trust/podIdentityRequest";
import type { TrustedCluster } from "../../trust/types";

/**
 * A second model of what IAM makes of a pod's request, for the few words that documents of the tests have: undefined for any other.
 * It shares no code with the evaluator, and looks at a document as it stands.
 */
export function modelAllows(document: unknown, request: PodIdentityRequest): boolean | undefined {
  const actions = request.disableSessionTags ? ["sts:assumerole"] : ["sts:assumerole", "sts:tagsession"];
  const answers = actions.map((action) => allowsAction(document, action, request));
  return answers.includes(false) ? false : answers.includes(undefined) ? undefined : true;
}

function allowsAction(document: unknown, action: string, request: PodIdentityRequest): boolean | undefined {
  const { Statement } = document as { Statement?: unknown };
  if (!Array.isArray(Statement)) return undefined;
  const verdicts = (Statement as (Entry | null)[]).map((one) => ({
    effect: one?.Effect,
    matched: tried(() => matches(one ?? {}, action, request)),
  }));
  const some = (effect: string, matched: boolean | undefined) =>
    verdicts.some((verdict) => verdict.effect === effect && verdict.matched === matched);
  if (verdicts.some(({ effect, matched }) => effect !== "Allow" && matched === undefined)) return undefined;
  if (some("Deny", true)) return false;
  return some("Allow", true) ? true : some("Allow", undefined) ? undefined : false;
}

function tried(question: () => boolean): boolean | undefined {
  try {
    return question();
  } catch (error) {
    if (error instanceof Strange || error instanceof TypeError) return undefined;
    throw error;
  }
}

type Entry = Record<string, unknown>;
class Strange extends Error {}

function matches(statement: Entry, action: string, request: PodIdentityRequest): boolean {
  const { Effect, Principal, Action, Condition = {}, Sid: _, ...others } = statement;
  if (Object.keys(others).length > 0 || (Effect !== "Allow" && Effect !== "Deny")) throw new Strange();
  const named = names(Principal, request);
  const about = texts(Action).some((one) => one.toLowerCase() === action);
  if (texts(Action).some((one) => /[*?]/.test(one))) throw new Strange();
  // Of another caller's conditions the model knows nothing.
  if (!named || !about) return false;
  const holds = Object.entries(record(Condition)).map(([operator, keys]) =>
    holdsAll(operator, keys, request),
  );
  return holds.every(Boolean);
}

function names(principal: unknown, { baseRoleArn }: PodIdentityRequest): boolean {
  const kinds = Object.entries(record(principal)).map(([kind, value]) => ({ kind, listed: texts(value) }));
  for (const { kind, listed } of kinds) {
    const known = /^(pods\.eks\.amazonaws\.com|arn:aws[a-z-]*:iam::\d{12}:(role|oidc-provider)\/[^*?]+)$/;
    if (!["AWS", "Service", "Federated"].includes(kind) || !listed.every((one) => known.test(one))) {
      throw new Strange();
    }
  }
  const wanted = baseRoleArn === undefined ? "Service" : "AWS";
  return kinds.some(
    ({ kind, listed }) => kind === wanted && listed.includes(baseRoleArn ?? "pods.eks.amazonaws.com"),
  );
}

function holdsAll(operator: string, keys: unknown, request: PodIdentityRequest): boolean {
  const seen = Object.keys(record(keys)).map((key) => key.toLowerCase());
  if (new Set(seen).size < seen.length) throw new Strange();
  return Object.entries(record(keys))
    .map(([key, value]) => {
      const found = valueOf(key.toLowerCase(), request);
      const wanted = texts(value);
      if (wanted.some((one) => one.includes("${"))) throw new Strange();
      switch (operator) {
        case "StringEquals":
          return found !== undefined && wanted.includes(found);
        case "StringEqualsIfExists":
          return found === undefined || wanted.includes(found);
        case "StringNotEquals":
          return found === undefined || !wanted.includes(found);
        case "StringLike":
          return found !== undefined && wanted.some((pattern) => like(pattern, found));
        default:
          throw new Strange();
      }
    })
    .every(Boolean);
}

/** Undefined for a key that the request has not got. */
function valueOf(key: string, request: PodIdentityRequest): string | undefined {
  const { clusterArn, namespace, serviceAccount, baseRoleArn, disableSessionTags } = request;
  const [, , , region, account, resource = ""] = clusterArn.split(":");
  const name = resource.slice("cluster/".length);
  if (key.startsWith("aws:requesttag/") && disableSessionTags) return undefined;
  const direct = baseRoleArn === undefined;
  if (key === "aws:requesttag/eks-cluster-arn") return clusterArn;
  if (key === "aws:requesttag/kubernetes-namespace") return namespace;
  if (key === "aws:requesttag/kubernetes-service-account") return serviceAccount;
  if (key === "aws:sourcearn" && direct) return clusterArn;
  if (key === "aws:sourceaccount" && direct) return account;
  if (key === "sts:externalid" && !direct && disableSessionTags) {
    return `${region}/${account}/${name}/${namespace}/${serviceAccount}`;
  }
  throw new Strange();
}

function like(pattern: string, text: string): boolean {
  const escaped = pattern.replace(/[.+^$(){}|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`).test(text);
}

function texts(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (!list.every((one) => typeof one === "string")) throw new Strange();
  return list;
}

function record(value: unknown): Entry {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Strange();
  return value as Entry;
}

/** What the bindings say of a request. */
export function isBound(clusters: TrustedCluster[], request: PodIdentityRequest): boolean {
  const { clusterArn, baseRoleArn, disableSessionTags = false, namespace, serviceAccount } = request;
  return clusters.some(({ podIdentity, subjects }) => {
    const same =
      podIdentity?.clusterArn === clusterArn &&
      podIdentity.baseRoleArn === baseRoleArn &&
      (podIdentity.disableSessionTags ?? false) === disableSessionTags;
    const everybody = baseRoleArn === undefined && disableSessionTags;
    return same && (everybody || subjects.includes(`system:serviceaccount:${namespace}:${serviceAccount}`));
  });
}
