import type { Problem } from "./problems";
import { isMap } from "./shapes";

const CLUSTER_PROVIDER = "issuerUrl oidcProviderArn oidcProviderClientIds importOidcProvider thumbprints";
const ROLE = "policyArns inlinePolicies role:RoleSettings trust:TrustSettings tags";
const POD = "image labels nodeSelector";
const PROOFS = "samplePod:SamplePodSettings verificationJob:VerificationJobSettings";

/**
 * What each type of arguments has, with the type of what has keys of its own, and `[]` where that is a list. It is written by hand,
 * since a program's types are gone when it runs; the tests compare it with the schema that is derived from the types.
 */
const KEYS = {
  MultiClusterIrsa: `clusters:IrsaCluster[] serviceAccounts:ServiceAccountBinding[] podIdentity:PodIdentitySettings ${ROLE} ${PROOFS}`,
  IrsaRole: `clusters:IrsaRoleCluster[] serviceAccounts:ServiceAccountBinding[] settleSeconds ${ROLE}`,
  IrsaServiceAccount: `namespace name roleArn ownership settings:ServiceAccountSettings ${PROOFS}`,
  ClusterOidcProvider: `${CLUSTER_PROVIDER} tags`,
  FleetOidcProviders: "clusters:OidcProviderCluster[] tags",
  IrsaCluster:
    `name kubeconfig identity trusts clusterName region accountId baseRole:BaseRole installAgent autoMode formerNames shard ` +
    `formerShards retired ${CLUSTER_PROVIDER}`,
  OidcProviderCluster: `name formerNames ${CLUSTER_PROVIDER}`,
  IrsaRoleCluster: "name oidcProviderArn oidcProviderClientIds podIdentity:IrsaRolePodIdentity",
  IrsaRolePodIdentity: "clusterArn baseRole:BaseRole disableSessionTags allowClusterWideTrust",
  BaseRole: "arn disableSessionTags",
  ServiceAccountBinding:
    "namespace name match allowWildcardNamespace clusters ownership createNamespace settings:ServiceAccountSettings",
  ServiceAccountSettings:
    "labels annotations automountServiceAccountToken imagePullSecrets audience stsRegionalEndpoints tokenExpiration forceConflicts",
  RoleSettings:
    "name path description maxSessionDuration permissionsBoundaryArn forceDetachPolicies formerNames importRole",
  TrustSettings:
    "form maxSize shards originalShard conditions podIdentityConditions statements:ExtraTrustStatement[]",
  ExtraTrustStatement: "sid awsPrincipals actions conditions",
  PodIdentitySettings: "targetRoleArn disableSessionTags allowClusterWideTrust policy settleSeconds",
  SamplePodSettings: POD,
  VerificationJobSettings: `${POD} retries`,
};

/** A type of arguments: a component's own, or one that is in them. */
export type ArgumentType = keyof typeof KEYS;

/** What each type has: for each key the type of its value, or "". */
export const KNOWN_KEYS = new Map(
  Object.entries(KEYS).map(([type, keys]) => [
    type,
    new Map(
      keys.split(" ").map((key): [string, string] => [key.split(":")[0] ?? "", key.split(":")[1] ?? ""]),
    ),
  ]),
);

/** A fleet's providers are made from the same list that its roles are. */
const ACCEPTED: { [type: string]: ArgumentType } = { OidcProviderCluster: "IrsaCluster" };

/**
 * Finds keys that nobody reads, such as a name that is written otherwise: what it was meant to say would be missing, and nobody
 * would be told.
 */
export function unknownKeyProblems(args: unknown, type: ArgumentType, path = ""): Problem[] {
  if (!isMap(args)) {
    return [];
  }
  const known = KNOWN_KEYS.get(ACCEPTED[type] ?? type) ?? new Map<string, string>();
  return Object.entries(args).flatMap(([key, value]) => {
    const at = path === "" ? key : `${path}.${key}`;
    const of = known.get(key);
    if (of === undefined) {
      return value === undefined ? [] : [{ propertyPath: at, reason: unknownReason(key, [...known.keys()]) }];
    }
    const within = of.replace("[]", "") as ArgumentType | "";
    if (within === "") {
      return [];
    }
    if (!of.endsWith("[]")) {
      return unknownKeyProblems(value, within, at);
    }
    // Whatever is not a list is told of by its kind.
    const entries: unknown[] = Array.isArray(value) ? value : [];
    return entries.flatMap((entry, index) => unknownKeyProblems(entry, within, `${at}[${index}]`));
  });
}

function unknownReason(key: string, known: string[]): string {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z]|s$/g, "");
  const near = known
    .map((one) => ({ one, distance: editDistance(plain(key), plain(one)) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return near !== undefined && near.distance <= Math.min(2, key.length / 3)
    ? `is not known: write ${near.one}`
    : `is not known: leave it out, or write one of ${known.join(", ")}`;
}

/** How many letters are to be added, taken away or changed until one text is the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(from).entries()) {
    const above = row;
    row = [index + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const changed = (above[column] ?? 0) + (letter === other ? 0 : 1);
      row.push(Math.min(changed, (above[column + 1] ?? 0) + 1, (row[column] ?? 0) + 1));
    }
  }
  return row[to.length] ?? 0;
}
