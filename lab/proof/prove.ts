import { associationFamilies } from "./associationFamilies";
import { both, butNot } from "./cases";
import { readClaim, type Claim } from "./claim";
import { readExample, sentence, type Counterexample } from "./counterexample";
import { readDocument, type Statement } from "./document";
import { admittedBy, refusedBy } from "./encode";
import type { Family, FamilyMaker } from "./family";
import { findExample, mayHold, type Question } from "./solver";
import { strangerFamilies } from "./strangers";
import { tokenFamilies } from "./tokens";

export type { Claim, ProofBinding, ProofCluster, ProofPodIdentity } from "./claim";
export type { AssociationReading, Counterexample, PrincipalReading, TokenReading } from "./counterexample";

export type Proof =
  | { proved: true; /** Of how many providers' tokens. */ providers: number; text: string }
  | { proved: false; counterexample: Counterexample; text: string };

/** Z3 answers about so many differences in less time than one by one, or all together. */
const AT_ONCE = 20;

/**
 * Proves that a trust policy admits exactly those whom the bindings name, or finds a request about which the two differ.
 *
 * Of tokens, issuer, subject and audience are any: the providers of the clusters, those that the document names or has keys of, and
 * one that nobody knows; whatever text the token says; whatever other condition keys the request carries. Of associations of EKS
 * Pod Identity, cluster, namespace and ServiceAccount are any, with session tags and without, for the role itself and through each
 * base role. Nobody else whom the document names is admitted, nor anybody whom it does not name.
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
  const ofTokens = tokenFamilies(statements, claim, conditions);
  const makers = [
    ...ofTokens,
    ...associationFamilies(statements, claim, conditions),
    ...strangerFamilies(statements, claim),
  ];
  const found = await firstDifference(makers, statements);
  if (found) {
    return { proved: false, counterexample: found, text: sentence(found) };
  }
  return { proved: true, providers: ofTokens.length, text: provedText(claim) };
}

/** A way in which policy and bindings can differ about requests of one kind. */
interface Difference extends Question {
  policy: Counterexample["policy"];
  family: Family;
}

async function firstDifference(
  makers: FamilyMaker[],
  statements: Statement[],
): Promise<Counterexample | undefined> {
  let some: Difference[] = [];
  for (const [index, make] of makers.entries()) {
    for (const policy of ["admits", "refuses"] as const) {
      const difference = differenceOf(policy, make(some.length), statements);
      // Without a case there is nothing to ask.
      some.push(...(difference.formula.length > 0 ? [difference] : []));
    }
    if (some.length >= AT_ONCE || index === makers.length - 1) {
      const found = (await mayHold(some)) ? await firstExample(some) : undefined;
      if (found) {
        return found;
      }
      some = [];
    }
  }
  return undefined;
}

function differenceOf(policy: Difference["policy"], family: Family, statements: Statement[]): Difference {
  const { requests, possible, claimed } = family;
  const formula =
    policy === "admits"
      ? butNot(admittedBy(statements, requests, possible), claimed)
      : refusedBy(statements, requests, both(possible, claimed));
  return { policy, family, variables: requests.variables, formula };
}

async function firstExample(differences: Difference[]): Promise<Counterexample | undefined> {
  for (const { policy, family, variables, formula } of differences) {
    const example = await findExample({ variables, formula }, family.readable);
    if (example) {
      return readExample(example, policy, family.read(example));
    }
  }
  return undefined;
}

function provedText({ clusters, bindings }: Claim): string {
  if (clusters.every(({ podIdentity }) => podIdentity === undefined)) {
    return "no issuer, subject and audience exist for which trust policy and bindings differ (proved by Z3)";
  }
  const whole = clusters.filter(
    ({ name, podIdentity: { baseRoleArn, disableSessionTags = false } = {} }) =>
      disableSessionTags && baseRoleArn === undefined && bindings.some(({ cluster }) => cluster === name),
  );
  const names = whole.map(({ name }) => `"${name}"`).join(", ");
  const wider =
    names === ""
      ? ""
      : `; session tags are off in ${names}: every association there is admitted, whatever its namespace and ServiceAccount`;
  return `no token, no association of EKS Pod Identity and no other principal exist for which trust policy and bindings differ (proved by Z3)${wider}`;
}
