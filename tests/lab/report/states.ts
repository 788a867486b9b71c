import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "@pulumi/pulumi/automation";
import type { ProofRow } from "../../../lab/demo/table";
import { clusterArn } from "../../../trust/clusterArn";
import { buildTrustPolicy } from "../../../trust/policy";
import { IdentityMode } from "../../../trust/types";

/** The state of a real stack: three clusters, of which `ireland` adopts its provider, and five pods. */
export function realState(): Deployment {
  const file = join(__dirname, "..", "..", "fixtures", "stacks", "0.1.0", "state.json");
  return JSON.parse(readFileSync(file, "utf8")) as Deployment;
}

export interface StateResource {
  urn: string;
  type: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** The resources of a state, for a test to look at or to change. */
export function resourcesOf(state: Deployment): StateResource[] {
  return (state.deployment as { resources: StateResource[] }).resources;
}

/** The resources of a state that are of a type with this end. */
export function ofType(state: Deployment, end: string): StateResource[] {
  return resourcesOf(state).filter(({ type }) => type.endsWith(end));
}

interface FleetCluster {
  name: string;
  issuerUrl: string;
  /** Of its OIDC provider; undefined where it has none. */
  arn: string | undefined;
  /** Its name in EKS; undefined where it has no associations. */
  clusterName: string | undefined;
}

const REGION = "eu-west-1";
const ACCOUNT = "111122223333";

/**
 * A state as `MultiClusterIrsa` leaves it: clusters with these names, a ServiceAccount in each.
 * @param identities of the first clusters; those of the others are `Irsa`.
 */
export function fleetState(
  names: string[],
  pod: Record<string, unknown> = {},
  identities: IdentityMode[] = [],
): Deployment {
  const clusters = names.map((name, index): FleetCluster & { identity?: IdentityMode } => {
    const identity = identities[index];
    const host = `oidc.eks.${REGION}.amazonaws.com/id/${String(index).padStart(32, "0")}`;
    const hasProvider = identity !== IdentityMode.PodIdentity;
    const isAssociated = (identity ?? IdentityMode.Irsa) !== IdentityMode.Irsa;
    return {
      name,
      issuerUrl: `https://${host}`,
      arn: hasProvider ? `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}` : undefined,
      clusterName: isAssociated ? `eks-${index}` : undefined,
      ...(identity && { identity }),
    };
  });
  const policy = buildTrustPolicy(
    clusters.map(({ arn, clusterName }, index) => ({
      name: String(index),
      ...(arn !== undefined && { oidcProviderArn: arn }),
      ...(clusterName !== undefined && {
        podIdentity: {
          clusterArn: clusterArn({ partition: "aws", region: REGION, accountId: ACCOUNT, clusterName }),
        },
      }),
      subjects: ["system:serviceaccount:default:reader"],
    })),
  );
  const listed = clusters.map(({ name, issuerUrl, identity }) => ({
    name,
    issuerUrl,
    ...(identity && { identity }),
  }));
  const resources = [
    resource("eks-irsa:index:MultiClusterIrsa", "app", { clusters: listed }, oidcProviderArns(clusters)),
    resource(
      "aws:iam/role:Role",
      "app",
      { assumeRolePolicy: JSON.stringify(policy) },
      { name: "app-1", arn: `arn:aws:iam::${ACCOUNT}:role/app-1` },
    ),
    ...clusters.flatMap(({ name, arn, clusterName }) => [
      resource("pulumi:providers:kubernetes", `app/${name}`),
      ...(arn === undefined
        ? []
        : [resource("aws:iam/openIdConnectProvider:OpenIdConnectProvider", `app/${name}`)]),
      ...(clusterName === undefined ? [] : podIdentityOf(name, clusterName)),
      resource("kubernetes:core/v1:ServiceAccount", `app/${name}/default/reader`),
      resource(
        "kubernetes:core/v1:Pod",
        `app/${name}/default/reader`,
        {},
        { metadata: { name: "reader-pod" }, ...pod },
      ),
    ]),
  ];
  return { version: 3, deployment: { manifest: { version: "v3.258.0" }, resources } };
}

function podIdentityOf(name: string, clusterName: string): StateResource[] {
  const associationArn = `arn:aws:eks:${REGION}:${ACCOUNT}:podidentityassociation/${clusterName}/a-0123456789abcdefg`;
  const agent = { addonName: "eks-pod-identity-agent" };
  const association = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
  return [
    resource("aws:eks/addon:Addon", `app/${name}`, agent),
    resource(association, `app/${name}/default/reader`, { clusterName }, { associationArn }),
  ];
}

function oidcProviderArns(clusters: FleetCluster[]): Record<string, unknown> {
  const known = clusters.filter(({ arn }) => arn !== undefined);
  return { oidcProviderArns: Object.fromEntries(known.map(({ name, arn }) => [name, arn])) };
}

function resource(
  type: string,
  name: string,
  inputs: Record<string, unknown> = {},
  outputs: Record<string, unknown> = {},
): StateResource {
  return { urn: `urn:pulumi:lab::test::${type}::${name}`, type, inputs, outputs };
}

/** Lines of proof, one of them failed if that is wanted. */
export function proofRows({ failed = false } = {}): ProofRow[] {
  const bound = { who: "default/reader", cluster: "virginia-blue" };
  return [
    {
      ...bound,
      tried: "get the role",
      expected: "assumed-role/app-1/demo",
      answer: "assumed-role/app-1/demo",
      outcome: "granted",
      ok: true,
    },
    {
      ...bound,
      who: "default/outsider",
      tried: "get the role: another ServiceAccount of a listed cluster",
      expected: "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
      answer: failed
        ? "assumed-role/app-1/outsider"
        : "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
      outcome: failed ? "granted" : "refused",
      ok: !failed,
    },
    {
      who: "the stack",
      cluster: "all",
      tried: "preview after up",
      expected: "no change",
      answer: "no change",
      ok: true,
    },
  ];
}
