import fc from "fast-check";
import type { MultiClusterIrsaArgs, MultiClusterIrsaOptions } from "../../../components/multiClusterIrsa";
import type { IrsaCluster, ServiceAccountBinding, TrustSettings } from "../../../components/types";
import type { PodIdentitySettings } from "../../../components/podIdentityTypes";
import { findProblems } from "../../../components/validation";
import { evaluateTrust } from "../../../trust/evaluate";
import { buildTrustPolicy } from "../../../trust/policy";
import type { TrustedCluster, TrustedPodIdentity } from "../../../trust/types";
import { difference, type Bound } from "../bindings";
import {
  accountName,
  clusterName,
  conditions,
  form,
  hostPath,
  namePattern,
  namespace,
  namespacePattern,
  podIdentity,
  podIdentityConditions,
  providerArn,
  statements,
} from "../fleets";
import { mutated } from "../mutate";
import { crashed, fine, wrong, type Outcome } from "../outcome";
import { podDifference } from "../pods";

const plain = { noNullPrototype: true } as const;
const SHARDS = ["one", "two"];
const THUMBPRINT = "0123456789abcdef0123456789ABCDEF01234567";

/** One cluster; an adopted one has the client IDs that every form takes. */
function clusterOf(name: string, sharded: boolean): fc.Arbitrary<object> {
  const extras = fc.record(
    {
      adopted: fc.boolean(),
      formerNames: fc.constant([`${name}-former`]),
      thumbprints: fc.constant([THUMBPRINT]),
    },
    { requiredKeys: [], ...plain },
  );
  const modes = fc.constantFrom<object>(
    ...[{}, {}, { identity: "Irsa" }, { identity: "Both" }, { identity: "PodIdentity" }],
    ...[
      { identity: "Irsa", trusts: "Both" },
      { identity: "PodIdentity", trusts: "Both" },
    ],
  );
  const shard = fc.constantFrom(...SHARDS);
  const way = fc.tuple(modes, podIdentity, fc.boolean(), fc.boolean());
  return fc
    .tuple(hostPath, extras, shard, way)
    .map(([issuer, { adopted, thumbprints, ...rest }, place, of]) => ({
      name,
      issuerUrl: `https://${issuer}`,
      ...podIdentityOf(issuer, ...of),
      kubeconfig: "apiVersion: v1",
      ...rest,
      ...(sharded && { shard: place }),
      ...(adopted === true
        ? { oidcProviderArn: providerArn(issuer), oidcProviderClientIds: ["sts.amazonaws.com"] }
        : thumbprints && { thumbprints }),
    }));
}

/** What a cluster says of Pod Identity, in the words of the arguments. */
function podIdentityOf(
  issuer: string,
  modes: object,
  { clusterArn, baseRoleArn, disableSessionTags }: TrustedPodIdentity,
  saysAccount: boolean,
  autoMode: boolean,
): object {
  const [, , , , accountId, name = ""] = clusterArn.split(":");
  const uses = Object.values(modes).some((mode) => mode !== "Irsa");
  return {
    ...modes,
    clusterName: name.replace("cluster/", ""),
    region: /^oidc\.eks\.([a-z0-9-]+)/.exec(issuer)?.[1] ?? "us-east-1",
    ...(saysAccount && { accountId }),
    ...(uses &&
      (baseRoleArn === undefined
        ? { installAgent: !autoMode, autoMode }
        : { baseRole: { arn: baseRoleArn, ...(disableSessionTags && { disableSessionTags }) } })),
  };
}

/** Whose a ServiceAccount is, with everything that it may carry then. */
const METADATA = {
  annotations: { "example.com/a": "b" },
  audience: "sts.amazonaws.com",
  stsRegionalEndpoints: true,
  tokenExpiration: 3600,
};
const owned = fc.constantFrom(
  {},
  {
    settings: {
      ...METADATA,
      labels: { a: "b" },
      imagePullSecrets: ["a"],
      automountServiceAccountToken: false,
    },
  },
  { ownership: "Patch", settings: { ...METADATA, labels: { a: "b" }, forceConflicts: true } },
  { ownership: "None", settings: { ...METADATA, automountServiceAccountToken: true } },
);

/** Bindings of different names, each in some of the clusters or in all. */
function bindingsOf(clusters: string[]): fc.Arbitrary<object[]> {
  const where = fc.record(
    { clusters: fc.subarray(clusters, { minLength: 1 }) },
    { requiredKeys: [], ...plain },
  );
  const exact = fc
    .tuple(
      fc.record(
        { namespace, name: accountName, match: fc.constant("Exact") },
        { requiredKeys: ["namespace", "name"], ...plain },
      ),
      owned,
    )
    .map(([one, owner]) => ({ ...one, ...owner }));
  const wildcard = fc
    .record({ namespace: namespacePattern, name: namePattern, match: fc.constant("Wildcard") }, plain)
    .filter(({ namespace: first, name }) => `${first}${name}`.includes("*"))
    .map((binding) => ({ ...binding, allowWildcardNamespace: binding.namespace.includes("*") }));
  const binding = fc.oneof({ weight: 3, arbitrary: exact }, { weight: 1, arbitrary: wildcard });
  return fc.uniqueArray(
    fc.tuple(binding, where).map(([one, place]) => ({ ...one, ...place })),
    { minLength: 1, maxLength: 4, selector: (one) => `${one.namespace}/${one.name}` },
  );
}

function trustOf(sharded: boolean): fc.Arbitrary<object> {
  const one = { form, maxSize: fc.constantFrom(8192, 4096), conditions, podIdentityConditions, statements };
  const several = { ...one, shards: fc.constant(SHARDS), originalShard: fc.constantFrom(...SHARDS) };
  return sharded
    ? fc.record(several, { requiredKeys: ["shards", "maxSize"], ...plain })
    : fc.record(one, { requiredKeys: ["maxSize"], ...plain });
}

const settings = fc.record(
  {
    policyArns: fc.constant({ read: "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess" }),
    inlinePolicies: fc.constant({ own: "{}" }),
    role: fc.constant({
      name: "app",
      path: "/workloads/",
      description: "text",
      maxSessionDuration: 3600,
      permissionsBoundaryArn: "arn:aws:iam::123456789012:policy/boundary",
      forceDetachPolicies: true,
    }),
    samplePod: fc.constant({ image: "image", labels: { a: "b" }, nodeSelector: { a: "b" } }),
    verificationJob: fc.constant({ retries: 2, image: "image" }),
    tags: fc.constant({ a: "b" }),
    podIdentity: fc.constantFrom<object>(
      ...[{}, { settleSeconds: 0 }, { disableSessionTags: true, allowClusterWideTrust: true, policy: "{}" }],
      ...[{ disableSessionTags: false }, { targetRoleArn: "arn:aws:iam::210987654321:role/target" }],
    ),
  },
  { requiredKeys: [], ...plain },
);

const goodArguments = fc
  .tuple(fc.uniqueArray(clusterName, { minLength: 1, maxLength: 4 }), fc.boolean())
  .chain(([names, sharded]) =>
    fc.tuple(
      fc.tuple(...names.map((name) => clusterOf(name, sharded))),
      bindingsOf(names),
      trustOf(sharded),
      settings,
    ),
  )
  .map(([clusters, serviceAccounts, trust, rest]) => ({
    args: { clusters, serviceAccounts, trust, ...rest },
    opts: { clusterProviders: {} },
  }));

/** Arguments of `MultiClusterIrsa`, good and bad. */
export const argumentCases = mutated(goodArguments);

/**
 * Either problems are named, or nothing is wrong: then the trust policies of these arguments can be built and admit exactly the
 * bindings.
 */
export function judgeArguments(value: unknown): Outcome {
  const { args, opts } = value as { args: MultiClusterIrsaArgs; opts?: MultiClusterIrsaOptions };
  let problems: unknown;
  try {
    problems = findProblems(args, opts);
  } catch (error) {
    return crashed("findProblems", error);
  }
  if (!Array.isArray(problems) || !problems.every(isProblem)) {
    return wrong(
      `findProblems returned ${JSON.stringify(problems)}`,
      "findProblems returned no list of problems",
    );
  }
  if (problems.length > 0) return fine("problems named");
  const late = ({ issuerUrl, baseRole }: IrsaCluster) =>
    typeof issuerUrl !== "string" || (baseRole && typeof baseRole.arn !== "string");
  if (args.clusters.some(late)) return fine("late");
  return judgeTrust(args);
}

function isProblem(problem: unknown): boolean {
  const { propertyPath, reason } = problem as Record<string, unknown>;
  return (
    typeof propertyPath === "string" && propertyPath !== "" && typeof reason === "string" && reason !== ""
  );
}

function judgeTrust({
  clusters,
  serviceAccounts,
  trust: given = {},
  podIdentity: asked = {},
}: MultiClusterIrsaArgs): Outcome {
  for (const shard of given.shards ?? [undefined]) {
    const here = clusters.filter((cluster) => shard === undefined || cluster.shard === shard);
    const trusted = here.map((cluster) => ({
      cluster,
      asked,
      bindings: bindingsIn(cluster, serviceAccounts),
    }));
    const outcome = judgeShard(
      trusted.filter(({ bindings }) => bindings.length > 0),
      given,
    );
    if (outcome.kind === "wrong") return outcome;
  }
  return fine("nothing wrong, and so it is built");
}

interface Trusted {
  cluster: IrsaCluster;
  asked: PodIdentitySettings;
  bindings: ServiceAccountBinding[];
}

function judgeShard(trusted: Trusted[], settingsOfTrust: TrustSettings): Outcome {
  if (trusted.length === 0) return fine("nobody");
  const { shards: _shards, originalShard: _original, ...options } = settingsOfTrust;
  let text: string;
  try {
    text = JSON.stringify(buildTrustPolicy(trusted.map(trustedCluster), options));
  } catch (error) {
    // Whether the role's account is that of a base role is seen late, and told then.
    if (/^Error: cluster "[^"]*" has the ARN of cluster/.test(String(error))) return fine("told late");
    return crashed("findProblems found nothing, and buildTrustPolicy", error);
  }
  const found = difference(
    JSON.parse(text),
    trusted.filter(({ cluster }) => trustsOf(cluster) !== "PodIdentity").map(boundOf),
    {
      narrowed: Object.keys(options.conditions ?? {}).length > 0,
      audienceInDocument: text.includes(':aud":'),
    },
    ({ providerArn: oidcProviderArn, subject, audience }) =>
      evaluateTrust(text, { oidcProviderArn, subject, audience }).decision,
  );
  const pods = podDifference(
    JSON.parse(text),
    trusted.flatMap((one) => {
      const way = wayOf(one);
      return way === undefined ? [] : [{ way, exact: one.bindings }];
    }),
    { narrowed: Object.keys(options.podIdentityConditions ?? {}).length > 0 },
  );
  return (found ?? pods) === undefined
    ? fine("built")
    : wrong(`${found ?? pods ?? ""}\n${text}`, "the document and the bindings differ");
}

function bindingsIn({ name }: IrsaCluster, bindings: ServiceAccountBinding[]): ServiceAccountBinding[] {
  return bindings.filter(({ clusters }) => clusters === undefined || clusters.includes(name));
}

function arnOf({ oidcProviderArn, issuerUrl }: IrsaCluster): string {
  return typeof oidcProviderArn === "string"
    ? oidcProviderArn
    : providerArn((issuerUrl as string).replace("https://", ""));
}

function trustsOf({ identity = "Irsa", trusts = identity }: { identity?: string; trusts?: string }): string {
  return trusts;
}

/** How the role is to take the cluster's pods, told apart from the package's own way to find it. */
function wayOf({ cluster, asked }: Trusted): TrustedPodIdentity | undefined {
  if (trustsOf(cluster) === "Irsa") return undefined;
  const base = cluster.baseRole?.arn as string | undefined;
  const [, partition = "", , , accountId = ""] = (base ?? arnOf(cluster)).split(":");
  const off = base === undefined ? asked.disableSessionTags : cluster.baseRole?.disableSessionTags;
  return {
    clusterArn: `arn:${partition}:eks:${cluster.region ?? ""}:${accountId}:cluster/${cluster.clusterName ?? ""}`,
    ...(base !== undefined && { baseRoleArn: base }),
    ...(off === true && { disableSessionTags: true }),
  };
}

function trustedCluster(one: Trusted): TrustedCluster {
  const { cluster, bindings } = one;
  const way = wayOf(one);
  const subjects = (of: ServiceAccountBinding[]) =>
    of.map(({ namespace: first, name }) => `system:serviceaccount:${first}:${name}`);
  const adopted = cluster.oidcProviderArn !== undefined;
  return {
    name: cluster.name,
    ...(trustsOf(cluster) !== "PodIdentity" && { oidcProviderArn: arnOf(cluster) }),
    ...(way && { podIdentity: way }),
    subjects: subjects(bindings.filter((binding) => !isWildcard(binding))),
    subjectPatterns: subjects(bindings.filter(isWildcard)),
    ...(!adopted && { oidcProviderClientIds: ["sts.amazonaws.com"] }),
    ...(adopted && cluster.oidcProviderClientIds && { oidcProviderClientIds: cluster.oidcProviderClientIds }),
  };
}

function boundOf({ cluster, bindings }: Trusted): Bound {
  return {
    providerArn: arnOf(cluster),
    exact: bindings.filter((binding) => !isWildcard(binding)),
    patterns: bindings.filter(isWildcard),
  };
}

function isWildcard({ match }: ServiceAccountBinding): boolean {
  return (match as string | undefined) === "Wildcard";
}
