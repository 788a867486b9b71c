import { both, neither } from "./cases";
import { isBound, isPossible, isReadable, readClaim, type Claim } from "./claim";
import { readExample, sentence, type Counterexample } from "./counterexample";
import { readDocument, type Condition, type Statement } from "./document";
import { admittedBy, conditionsHold } from "./encode";
import { providersOf } from "./providers";
import { Requests } from "./requests";
import { findExample, mayHold, type Question } from "./solver";

export type { Claim, ProofBinding, ProofCluster } from "./claim";
export type { Counterexample } from "./counterexample";

export type Proof =
  | { proved: true; /** Of how many providers' tokens. */ providers: number; text: string }
  | { proved: false; counterexample: Counterexample; text: string };

/** Z3 answers about so many differences in less time than one by one, or all together. */
const AT_ONCE = 20;

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
  const differences = providers.flatMap((provider, index) => [
    differenceOf("admits", new Requests(provider, 2 * index), statements, claim, conditions),
    differenceOf("refuses", new Requests(provider, 2 * index + 1), statements, claim, conditions),
  ]);
  for (let first = 0; first < differences.length; first += AT_ONCE) {
    const some = differences.slice(first, first + AT_ONCE);
    const found = (await mayHold(some)) ? await firstExample(some) : undefined;
    if (found) {
      return { proved: false, counterexample: found, text: sentence(found) };
    }
  }
  const text =
    "no issuer, subject and audience exist for which trust policy and bindings differ (proved by Z3)";
  return { proved: true, providers: providers.length, text };
}

/** A way in which policy and bindings can differ about the tokens of one provider. */
interface Difference extends Question {
  policy: Counterexample["policy"];
  cluster: string | undefined;
  requests: Requests;
}

function differenceOf(
  policy: Counterexample["policy"],
  requests: Requests,
  statements: Statement[],
  claim: Claim,
  conditions: Condition[],
): Difference {
  const { provider, variables } = requests;
  const cluster = claim.clusters.find(({ oidcProviderArn }) => oidcProviderArn === provider.arn);
  const bindings = claim.bindings.filter((binding) => binding.cluster === cluster?.name);
  const admitted = admittedBy(statements, requests);
  const bound = both(isBound(bindings, requests), conditionsHold(conditions, requests));
  const differs = policy === "admits" ? both(admitted, neither(bound)) : both(bound, neither(admitted));
  const formula = both(isPossible(cluster, bindings, requests), differs);
  return { policy, cluster: cluster?.name, requests, variables, formula };
}

async function firstExample(differences: Difference[]): Promise<Counterexample | undefined> {
  for (const { policy, cluster, requests, variables, formula } of differences) {
    const example = await findExample({ variables, formula }, isReadable(requests));
    if (example) {
      return readExample(example, policy, requests.provider, cluster);
    }
  }
  return undefined;
}
