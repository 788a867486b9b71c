import { admits, like, type Asking } from "./reader";

/** Who is to be admitted of one cluster. */
export interface Bound {
  providerArn: string;
  exact: { namespace: string; name: string }[];
  patterns: { namespace: string; name: string }[];
}

/** More than this is left to the other checks: here each request is tried by itself. */
const LONGEST_DOCUMENT = 20_000;
const MOST_ACCOUNTS = 40;
/** A provider of an issuer that is in no list. */
const NOBODYS = `arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/${"F0".repeat(16)}`;

interface Account {
  namespace: string;
  name: string;
}

/**
 * Tries everybody who is bound, or nearly, in each of the clusters and in one that is nobody's, and says of the first for whom
 * document and bindings differ.
 *
 * @param narrowed there are conditions beside the bindings: a bound one may be refused for these, and nobody else be admitted.
 * @param audienceInDocument the document itself refuses tokens that were made for others.
 * @param decide what the package's own evaluator says.
 */
export function difference(
  document: unknown,
  bound: Bound[],
  { narrowed, audienceInDocument }: { narrowed: boolean; audienceInDocument: boolean },
  decide: (asking: Asking) => string,
): string | undefined {
  if (JSON.stringify(document).length > LONGEST_DOCUMENT) {
    return undefined;
  }
  const accounts = everybody(bound);
  const providers = [...bound.map(({ providerArn }) => providerArn), NOBODYS];
  for (const providerArn of providers) {
    for (const account of accounts) {
      const expected = bound.some(
        (cluster) => cluster.providerArn === providerArn && isBound(cluster, account),
      );
      const asking = { providerArn, subject: subject(account), audience: "sts.amazonaws.com" };
      const wrong =
        judge(document, asking, expected, narrowed, decide) ??
        (audienceInDocument
          ? judge(document, { ...asking, audience: "vault" }, false, narrowed, decide)
          : undefined);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

function judge(
  document: unknown,
  asking: Asking,
  expected: boolean,
  narrowed: boolean,
  decide: (asking: Asking) => string,
): string | undefined {
  const read = admits(document, asking, "hold");
  const decided = decide(asking);
  const wanted = expected ? "allow" : "deny";
  const who = `${asking.subject} of ${asking.providerArn} for ${asking.audience}`;
  if (read !== wanted) {
    return `${who}: should be "${wanted}", and the second reader says "${read}"`;
  }
  const fine = decided === wanted || (narrowed && decided === "indeterminate");
  return fine ? undefined : `${who}: should be "${wanted}", and evaluateTrust says "${decided}"`;
}

function isBound({ exact, patterns }: Bound, { namespace, name }: Account): boolean {
  return (
    exact.some((one) => one.namespace === namespace && one.name === name) ||
    patterns.some((one) => like(one.namespace, namespace) && like(one.name, name))
  );
}

function subject({ namespace, name }: Account): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Those who are bound anywhere, those who fit a pattern, and their neighbours. */
function everybody(bound: Bound[]): Account[] {
  const all = bound.flatMap(({ exact, patterns }) => [...exact, ...patterns]);
  const filled = all.flatMap(({ namespace, name }) =>
    ["", "x", "a-b"].map((filling) => ({
      namespace: namespace.replaceAll("*", filling),
      name: name.replaceAll("*", filling),
    })),
  );
  const near = filled.flatMap(({ namespace, name }) => [
    { namespace, name },
    { namespace: name, name: namespace },
    { namespace, name: `${name}x` },
    { namespace: `x${namespace}`, name },
    { namespace: namespace.toUpperCase(), name },
    { namespace: "kube-system", name },
    { namespace, name: "default" },
  ]);
  const accounts = [{ namespace: "outsiders", name: "outsider" }, ...near];
  const once = new Map(accounts.map((account) => [subject(account), account]));
  return [...once.values()].slice(0, MOST_ACCOUNTS);
}
