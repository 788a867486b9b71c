import { parseCluster, READABLE_CLUSTERS } from "./arns";
import { AssociationRequests, callerOf, REQUEST_TAG } from "./associations";
import { both, either, isOneOf, matchesOneOf, NEVER, settledAs, settledOutside, type Formula } from "./cases";
import {
  baseRolesOf,
  type Claim,
  type ClaimedConditions,
  type ProofBinding,
  type ProofPodIdentity,
} from "./claim";
import type { AssociationReading } from "./counterexample";
import type { Condition, Statement } from "./document";
import { conditionsHold } from "./encode";
import type { FamilyMaker } from "./family";
import { isAmong } from "./principals";
import { isThere, THERE } from "./requests";
import { aroundNames, type Term } from "./smt";
import type { Example } from "./solver";

const EXTERNAL_ID = "sts:externalid";
const OF_CLUSTERS = [`${REQUEST_TAG}eks-cluster-arn`, "aws:sourcearn"];
const OF_NAMESPACES = [`${REQUEST_TAG}kubernetes-namespace`];

/** Who is bound in a cluster that has Pod Identity. */
interface Bound extends ProofBinding {
  podIdentity: ProofPodIdentity;
}

/** EKS's requests for the role itself and as each base role, with session tags and without. */
export function associationFamilies(
  statements: Statement[],
  claim: Claim,
  { podIdentity: conditions }: ClaimedConditions,
): FamilyMaker[] {
  return [undefined, ...baseRolesOf(claim)].flatMap((baseRoleArn) =>
    [true, false].flatMap((sessionTags) => {
      const bound = boundBy(claim, baseRoleArn, sessionTags);
      const asked = [...conditionsFor(statements, baseRoleArn), ...conditions];
      const made = new Map<number, AssociationRequests>();
      return partsOf(asked, bound, baseRoleArn, sessionTags).map((part): FamilyMaker => (place) => {
        const requests = made.get(place) ?? new AssociationRequests(baseRoleArn, sessionTags, place);
        made.set(place, requests);
        return {
          requests,
          possible: both(requests.wellFormed(), part(requests)),
          claimed: requests.once(bound, () =>
            both(isBound(bound, requests), conditionsHold(conditions, requests)),
          ),
          readable: isReadable(bound, requests),
          read: (example) => read(example, requests, claim),
        };
      });
    }),
  );
}

function boundBy(claim: Claim, baseRoleArn: string | undefined, sessionTags: boolean): Bound[] {
  return claim.bindings.flatMap((binding) => {
    const podIdentity = claim.clusters.find(({ name }) => name === binding.cluster)?.podIdentity;
    const here =
      podIdentity?.baseRoleArn === baseRoleArn && (podIdentity?.disableSessionTags ?? false) !== sessionTags;
    return podIdentity && here ? [{ ...binding, podIdentity }] : [];
  });
}

function conditionsFor(statements: Statement[], baseRoleArn: string | undefined): Condition[] {
  return statements
    .filter(({ principals }) => isAmong(callerOf(baseRoleArn), principals))
    .flatMap(({ conditions }) => conditions);
}

/** Makes a formula for requests whose variables are these. */
type Part = (requests: AssociationRequests) => Formula;

/**
 * The requests in parts, by each cluster and each namespace that is named, and all others: one long list of groups would be as
 * many cases as all ways to be in none of them.
 */
function partsOf(
  conditions: Condition[],
  bound: Bound[],
  baseRoleArn: string | undefined,
  sessionTags: boolean,
): Part[] {
  const named = (keys: string[]) =>
    conditions.filter(({ key }) => keys.includes(key.toLowerCase())).flatMap(({ values }) => values);
  const arns = [...named(OF_CLUSTERS), ...bound.map(({ podIdentity }) => podIdentity.clusterArn)];
  const namespaces = [...named(OF_NAMESPACES), ...bound.map(({ namespace }) => namespace)];
  const clusters = baseRoleArn === undefined || sessionTags ? arns.filter(isCluster) : undefined;
  return partsBy(clusters).flatMap((ofCluster) =>
    partsBy(sessionTags ? namespaces : undefined).map(
      (ofNamespace): Part =>
        ({ cluster, namespace }) =>
          both(ofCluster(cluster), ofNamespace(namespace)),
    ),
  );
}

function partsBy(texts: string[] | undefined): ((variable: Term) => Formula)[] {
  const each = [...new Set(texts)];
  return [
    ...each.map((text) => (variable: Term) => settledAs(variable, text)),
    (variable) => settledOutside(variable, each),
  ];
}

function isCluster(arn: string): boolean {
  return parseCluster(arn) !== undefined;
}

/** Is the association one that is bound? */
function isBound(bound: Bound[], requests: AssociationRequests): Formula {
  const { cluster, namespace, serviceAccount, sessionTags, baseRoleArn } = requests;
  if (sessionTags) {
    return either(
      ...bound.map((one) =>
        both(
          isOneOf(cluster, [one.podIdentity.clusterArn]),
          isOneOf(namespace, [one.namespace]),
          isOneOf(serviceAccount, [one.name]),
        ),
      ),
    );
  }
  if (baseRoleArn === undefined) {
    return isOneOf(
      cluster,
      bound.map(({ podIdentity }) => podIdentity.clusterArn),
    );
  }
  const key = requests.key(EXTERNAL_ID);
  return key.kind === "free" ? both(isThere(key), isOneOf(key.value(), bound.map(externalIdOf))) : NEVER;
}

/** What a base role without session tags tells of an association: an external ID, which is computed from it. */
function externalIdOf({ podIdentity, namespace, name }: Bound): string {
  return `${beginningOfExternalId(podIdentity)}${namespace}/${name}`;
}

function beginningOfExternalId({ clusterArn }: ProofPodIdentity): string {
  const { region = "", account = "", name = "" } = parseCluster(clusterArn) ?? {};
  return `${region}/${account}/${name}/`;
}

/** What makes an example readable, the best first. */
function isReadable(bound: Bound[], requests: AssociationRequests): Formula[] {
  const { cluster, namespace, serviceAccount, sessionTags, baseRoleArn } = requests;
  const clusters = matchesOneOf(cluster, [READABLE_CLUSTERS]);
  if (sessionTags) {
    const [ofNamespace, ofAccount] = [namespace, serviceAccount].map((one) =>
      matchesOneOf(one, [aroundNames(["", ""])]),
    ) as [Formula, Formula];
    const names = [both(ofNamespace, ofAccount), ofNamespace, ofAccount];
    return [...names.map((one) => both(one, clusters)), ...names, clusters];
  }
  if (baseRoleArn === undefined) {
    return [clusters];
  }
  const key = requests.key(EXTERNAL_ID);
  if (key.kind !== "free" || bound.length === 0) {
    return [];
  }
  const beginnings = new Set(bound.map(({ podIdentity }) => beginningOfExternalId(podIdentity)));
  const ids = [...beginnings].map((beginning) => aroundNames([beginning, "/", ""]));
  return [both(isThere(key), matchesOneOf(key.value(), ids))];
}

/** Whose request an example is. */
function read(
  example: Example,
  { sessionTags, baseRoleArn }: AssociationRequests,
  { clusters }: Claim,
): AssociationReading {
  const who = {
    kind: "association",
    sessionTags,
    ...(baseRoleArn === undefined ? {} : { baseRoleArn }),
  } as const;
  if (sessionTags || baseRoleArn === undefined) {
    const clusterArn = String(example.get("cluster ARN"));
    const cluster = clusters.find(({ podIdentity }) => podIdentity?.clusterArn === clusterArn)?.name;
    return {
      ...who,
      ...(cluster === undefined ? {} : { cluster }),
      clusterArn,
      ...(sessionTags
        ? {
            namespace: String(example.get("namespace")),
            serviceAccount: String(example.get("ServiceAccount")),
          }
        : {}),
    };
  }
  if (example.get(EXTERNAL_ID + THERE) !== true) {
    return who;
  }
  const externalId = String(example.get(EXTERNAL_ID));
  for (const { name: cluster, podIdentity } of clusters) {
    const beginning = podIdentity === undefined ? undefined : beginningOfExternalId(podIdentity);
    if (podIdentity !== undefined && beginning !== undefined && externalId.startsWith(beginning)) {
      const [namespace, serviceAccount, ...more] = externalId.slice(beginning.length).split("/");
      if (namespace !== undefined && serviceAccount !== undefined && more.length === 0) {
        const { clusterArn } = podIdentity;
        return { ...who, cluster, clusterArn, namespace, serviceAccount, externalId };
      }
    }
  }
  return { ...who, externalId };
}
