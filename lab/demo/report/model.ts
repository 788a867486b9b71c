import type { Deployment } from "@pulumi/pulumi/automation";
import { DEFAULT_MAX_SIZE, trustPolicySize } from "../../../trust/size";
import { issuerProblem, parseIssuer } from "../../../trust/issuer";
import { IdentityMode } from "../../../trust/types";
import type { ProofRow } from "../table";
import { podIdentityOf, type PodIdentityView } from "./podIdentity";
import { podState, type PodState } from "./podState";
import { readState, recordOf, listOf, textOf, type StackState, type StateResource } from "./state";
import { readTrustPolicy, type TrustStatementView } from "./statements";

/** A box of the picture that stands for a resource of the stack. */
export interface Box {
  urn: string;
  name: string;
}

export interface AccountBox extends Box {
  pod: (Box & { state: PodState }) | undefined;
}

export interface ClusterView {
  name: string;
  region: string | undefined;
  /** Picks its colour, everywhere on the page. */
  index: number;
  /** Its Kubernetes provider; undefined when the program was given one of another making, or needs none. */
  urn: string | undefined;
  /** How its pods come to the role. */
  identity: IdentityMode;
  /** Without a URN the provider is adopted: the stack uses it and does not own it. Undefined where the cluster needs none. */
  provider: { urn: string | undefined; issuer: string } | undefined;
  /** What there is of EKS Pod Identity; undefined where there is nothing. */
  podIdentity: PodIdentityView | undefined;
  /** Does the trust policy name its provider, or the cluster itself? */
  trusted: boolean;
  accounts: AccountBox[];
}

/** All that the report says. */
export interface ReportModel {
  rows: ProofRow[];
  clusters: ClusterView[];
  role: Box & { arn: string; policies: Box[] };
  trust: { statements: TrustStatementView[]; version: string; size: number; maxSize: number; rest: number };
  when: Date;
  versions: Record<string, string>;
  seconds: Record<string, number>;
  /** What makes the report again. */
  command: string;
}

export interface ReportSource {
  /** As `stack.exportState()` gives it, while the stack is up. */
  state: Deployment;
  rows: ProofRow[];
  /** How long the stages took, by title. */
  seconds?: Record<string, number>;
  /** What IAM takes as a trust policy, in characters. */
  maxSize?: number;
  /** Of what the run was made of, by name; those of the engine and of the AWS plugin are in the state. */
  versions?: Record<string, string>;
  when?: Date;
  /** The command that made it. Default: `npm run demo`. */
  command?: string;
}

/** Types of the resources that are in the picture. */
export const DRAWN = {
  cluster: "pulumi:providers:kubernetes",
  oidcProvider: "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
  association: "aws:eks/podIdentityAssociation:PodIdentityAssociation",
  addon: "aws:eks/addon:Addon",
  role: "aws:iam/role:Role",
  attachment: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  inlinePolicy: "aws:iam/rolePolicy:RolePolicy",
  serviceAccount: "kubernetes:core/v1:ServiceAccount",
  pod: "kubernetes:core/v1:Pod",
} as const;

/**
 * What the report says of a stack with one `MultiClusterIrsa`.
 * @throws Error when there is none in the state, or more than one.
 */
export function reportModel(source: ReportSource): ReportModel {
  const state = readState(source.state);
  const app = theOnly(state, "eks-irsa:index:MultiClusterIrsa");
  const role = theOnly(state, DRAWN.role);
  const arns = recordOf(app.outputs.oidcProviderArns);
  const policy = textOf(role.inputs.assumeRolePolicy) ?? textOf(role.outputs.assumeRolePolicy) ?? "{}";
  const names = listOf(app.inputs.clusters).map((cluster) => textOf(recordOf(cluster).name) ?? "");
  const podIdentity = new Map(
    names.map((name) => [name, podIdentityOf(state, `${app.name}/${name}`, DRAWN)]),
  );
  const trust = readTrustPolicy(
    policy,
    new Map(
      names.flatMap((name) => [
        [textOf(arns[name]) ?? "", name],
        [podIdentity.get(name)?.clusterArn ?? "", name],
      ]),
    ),
  );
  const size = trustPolicySize(policy);
  const costs = trust.statements.reduce((sum, statement) => sum + statement.cost, 0);
  return {
    rows: source.rows,
    clusters: listOf(app.inputs.clusters).map((cluster, index) =>
      clusterView(recordOf(cluster), index, { state, app, arns, trust, podIdentity }),
    ),
    role: {
      urn: role.urn,
      name: textOf(role.outputs.name) ?? role.name,
      arn: textOf(role.outputs.arn) ?? "",
      policies: policiesOf(state),
    },
    trust: { ...trust, size, maxSize: source.maxSize ?? DEFAULT_MAX_SIZE, rest: size - costs },
    when: source.when ?? new Date(),
    versions: { ...versionsOf(state), ...source.versions },
    seconds: source.seconds ?? {},
    command: source.command ?? "npm run demo",
  };
}

interface Surroundings {
  state: StackState;
  app: StateResource;
  arns: Record<string, unknown>;
  trust: { statements: TrustStatementView[] };
  podIdentity: Map<string, PodIdentityView | undefined>;
}

function clusterView(
  cluster: Record<string, unknown>,
  index: number,
  { state, app, arns, trust, podIdentity }: Surroundings,
): ClusterView {
  const name = textOf(cluster.name) ?? "";
  const prefix = `${app.name}/${name}`;
  const named = (type: string) =>
    state.resources.find((resource) => resource.type === type && resource.name === prefix)?.urn;
  const arn = textOf(arns[name]);
  const issuer = textOf(cluster.issuerUrl) ?? `https://${arn?.replace(/^.*?:oidc-provider\//, "") ?? ""}`;
  const own = podIdentity.get(name);
  return {
    name,
    region: issuerProblem(issuer) === undefined ? parseIssuer(issuer).region : own?.region,
    index,
    urn: named(DRAWN.cluster),
    identity:
      Object.values(IdentityMode).find((mode: string) => mode === cluster.identity) ?? IdentityMode.Irsa,
    provider: arn === undefined ? undefined : { urn: named(DRAWN.oidcProvider), issuer },
    podIdentity: own,
    trusted: trust.statements.some((statement) => statement.clusters.includes(name)),
    accounts: state.resources
      .filter(({ type, name: full }) => type === DRAWN.serviceAccount && full.startsWith(`${prefix}/`))
      .map((account) => accountBox(account, prefix, state))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** A ServiceAccount and its pod have one name in the URN. */
function accountBox({ urn, name }: StateResource, prefix: string, state: StackState): AccountBox {
  const pod = state.resources.find((resource) => resource.type === DRAWN.pod && resource.name === name);
  return {
    urn,
    name: name.slice(prefix.length + 1),
    pod: pod && {
      urn: pod.urn,
      name: textOf(recordOf(pod.outputs.metadata).name) ?? pod.name,
      state: podState(pod.outputs.status),
    },
  };
}

function policiesOf({ resources }: StackState): Box[] {
  const managed = resources.filter(({ type }) => type === DRAWN.attachment);
  const inline = resources.filter(({ type }) => type === DRAWN.inlinePolicy);
  return [
    ...managed.map(({ urn, name, inputs }) => ({
      urn,
      name: textOf(inputs.policyArn)?.replace(/^.*?:policy\//, "") ?? name,
    })),
    ...inline.map(({ urn, name, inputs }) => ({ urn, name: `${textOf(inputs.name) ?? name} (inline)` })),
  ];
}

function versionsOf({ resources, engineVersion }: StackState): Record<string, string> {
  const aws = resources.find(({ type }) => type === "pulumi:providers:aws");
  const kubernetes = resources.find(({ type }) => type === DRAWN.cluster);
  const found = [
    ["pulumi", engineVersion?.replace(/^v/, "")],
    ["@pulumi/aws", textOf(aws?.inputs.version)],
    ["@pulumi/kubernetes", textOf(kubernetes?.inputs.version)],
  ].filter(([, version]) => version !== undefined);
  return Object.fromEntries(found) as Record<string, string>;
}

function theOnly({ resources }: StackState, type: string): StateResource {
  const [found, ...more] = resources.filter((resource) => resource.type === type);
  if (!found || more.length > 0) {
    throw new Error(`the report is of a stack with one ${type}; this one has ${found ? more.length + 1 : 0}`);
  }
  return found;
}
