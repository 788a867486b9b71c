import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Deployment } from "@pulumi/pulumi/automation";
import type { ProofRow } from "../../../lab/demo/table";
import { buildTrustPolicy } from "../../../trust/policy";

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

/** A state as `MultiClusterIrsa` leaves it: clusters with these names, a ServiceAccount in each. */
export function fleetState(names: string[], pod: Record<string, unknown> = {}): Deployment {
  const clusters = names.map((name, index) => {
    const host = `oidc.eks.eu-west-1.amazonaws.com/id/${String(index).padStart(32, "0")}`;
    return { name, issuerUrl: `https://${host}`, arn: `arn:aws:iam::111122223333:oidc-provider/${host}` };
  });
  const policy = buildTrustPolicy(
    clusters.map(({ arn }, index) => ({
      name: String(index),
      oidcProviderArn: arn,
      subjects: ["system:serviceaccount:default:reader"],
    })),
  );
  const resources = [
    resource("eks-irsa:index:MultiClusterIrsa", "app", { clusters }, oidcProviderArns(clusters)),
    resource(
      "aws:iam/role:Role",
      "app",
      { assumeRolePolicy: JSON.stringify(policy) },
      { name: "app-1", arn: "arn:aws:iam::111122223333:role/app-1" },
    ),
    ...clusters.flatMap(({ name }) => [
      resource("pulumi:providers:kubernetes", `app/${name}`),
      resource("aws:iam/openIdConnectProvider:OpenIdConnectProvider", `app/${name}`),
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

function oidcProviderArns(clusters: { name: string; arn: string }[]): Record<string, unknown> {
  return { oidcProviderArns: Object.fromEntries(clusters.map(({ name, arn }) => [name, arn])) };
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
