import { both, neither } from "./cases";
import { isBound, isPossible, isReadable, readClaim, type Claim } from "./claim";
import { readExample, sentence, type Counterexample } from "./counterexample";
import { readDocument, type Condition, type Statement } from "./document";
import { admittedBy, conditionsHold } from "./encode";
import { providersOf } from "./providers";
import { Requests, type Provider } from "./requests";
import { solve } from "./solver";

export type { Claim, ProofBinding, ProofCluster } from "./claim";
export type { Counterexample } from "./counterexample";

export type Proof =
  | { proved: true; /** Of how many providers' tokens. */ providers: number; text: string }
  | { proved: false; counterexample: Counterexample; text: string };

/**
 * Proves that a trust policy admits exactly those whom the bindings name, or finds a request about which the two differ.
 *
 * Issuer, subject and audience are any: the providers of the clusters, those that the document names or has keys of, and one
 * that nobody knows; whatever text the token says; whatever other condition keys the request carries.
 *
 * @param document the trust policy as JSON text, as it is sent to IAM.
 * @throws Error when the document has something in it whose meaning is not known, or Z3 does not come to an end.
 * @example
 * const proof = await proveTrust(json, { clusters: [{ name: "east", oidcProviderArn }], bindings });
 * if (!proof.proved) throw new Error(proof.text);
 */
export async function proveTrust(document: string, claim: Claim): Promise<Proof> {
  const conditions = readClaim(claim);
  const statements = readDocument(document);
  const providers = providersOf(statements, claim, conditions);
  for (const provider of providers) {
    const counterexample = await counterexampleOf(provider, statements, claim, conditions);
    if (counterexample) {
      return { proved: false, counterexample, text: sentence(counterexample) };
    }
  }
  const text =
    "no issuer, subject and audience exist for which trust policy and bindings differ (proved by Z3)";
  return { proved: true, providers: providers.length, text };
}

async function counterexampleOf(
  provider: Provider,
  statements: Statement[],
  claim: Claim,
  conditions: Condition[],
): Promise<Counterexample | undefined> {
  const requests = new Requests(provider);
  const cluster = claim.clusters.find(({ oidcProviderArn }) => oidcProviderArn === provider.arn);
  const bindings = claim.bindings.filter((binding) => binding.cluster === cluster?.name);
  const admitted = admittedBy(statements, requests);
  const bound = both(isBound(bindings, requests), conditionsHold(conditions, requests));
  const differences = { admits: both(admitted, neither(bound)), refuses: both(bound, neither(admitted)) };
  for (const policy of ["admits", "refuses"] as const) {
    const example = await solve({
      variables: requests.variables,
      formula: both(isPossible(cluster, bindings, requests), differences[policy]),
      preferences: isReadable(requests),
    });
    if (example) {
      return readExample(example, policy, provider, cluster?.name);
    }
  }
  return undefined;
}
