import assert from "node:assert/strict";
import type { Claim, Proof, ProofBinding, ProofCluster, TokenReading } from "../../../lab/proof/prove";
import { buildTrustPolicy } from "../../../trust/policy";
import type { TrustedCluster, TrustPolicyForm, TrustPolicyOptions } from "../../../trust/types";
import { trustedFleet } from "../../support/fleet";

/** A ServiceAccount, or some. */
type Account = Pick<ProofBinding, "namespace" | "name">;

/** Who is bound where, in turn: one name, several, wildcards alone, wildcards beside names. */
const BOUND: Account[][] = [
  [{ namespace: "default", name: "s3-reader" }],
  [
    { namespace: "default", name: "s3-reader" },
    { namespace: "reports", name: "writer" },
    { namespace: "reports", name: "writer-2" },
  ],
  [{ namespace: "team-*", name: "s3-reader" }],
  [
    { namespace: "default", name: "s3-reader" },
    { namespace: "preview-*", name: "*" },
  ],
];

/** What is said of tokens alone. */
export interface TokenClaim extends Claim {
  clusters: (ProofCluster & { oidcProviderArn: string })[];
}

type Refuted = Extract<Proof, { proved: false }>;
type TokenExample = TokenReading & Pick<Refuted["counterexample"], "policy" | "assumed">;

/** What a proof found of tokens. */
export function tokenExampleOf(proof: Proof): TokenExample & { text: string } {
  assert.ok(!proof.proved, "the fault is found");
  const { counterexample, text } = proof;
  assert.equal(counterexample.kind, "token", text);
  return { ...counterexample, text };
}

/** So many clusters with bindings of every kind, each provider made for STS alone. */
export function mixedFleet(count: number): TokenClaim {
  const clusters = trustedFleet(count).map(({ name, oidcProviderArn }) => ({
    name,
    oidcProviderArn,
    clientIds: ["sts.amazonaws.com"],
  }));
  const bindings = clusters.flatMap(({ name: cluster }, index) =>
    (BOUND[index % BOUND.length] ?? []).map((account) => ({ cluster, ...account })),
  );
  return { clusters, bindings };
}

/** The document that the package's builder makes for a claim. */
export function builtFor(
  { clusters, bindings, conditions }: TokenClaim,
  form: TrustPolicyForm,
  options: TrustPolicyOptions = {},
): string {
  const trusted = clusters.map(({ name: cluster, oidcProviderArn, clientIds }): TrustedCluster => {
    const subjects = bindings
      .filter((binding) => binding.cluster === cluster)
      .map(({ namespace, name }) => `system:serviceaccount:${namespace}:${name}`);
    return {
      name: cluster,
      oidcProviderArn,
      subjects: subjects.filter((subject) => !subject.includes("*")),
      subjectPatterns: subjects.filter((subject) => subject.includes("*")),
      ...(clientIds ? { oidcProviderClientIds: clientIds } : {}),
    };
  });
  return JSON.stringify(
    buildTrustPolicy(trusted, { form, ...(conditions ? { conditions } : {}), ...options }),
  );
}

/** The issuer of a provider, as condition keys begin with it. */
export function hostOf(arn: string): string {
  return arn.replace(/^.*?:oidc-provider\//, "");
}
