import fc from "fast-check";
import { subjectOf } from "../../../trust/subject";
import type { TrustedCluster } from "../../../trust/types";
import { someFleet, type SomeBinding, type SomeFleet } from "../../support/arbitraries";

/** A token that asks for the role. */
export interface Question {
  oidcProviderArn: string;
  subject: string;
  audience: string;
  /** Whether the bindings have its ServiceAccount, in its cluster. */
  bound: boolean;
}

interface ServiceAccount {
  namespace: string;
  name: string;
}

/** How much of a ServiceAccount's name a binding leaves open. */
interface Kind {
  pattern: (account: ServiceAccount) => ServiceAccount;
  /** Said otherwise than by a pattern, so that nothing is judged by what it is made of. */
  admits: (wanted: ServiceAccount, account: ServiceAccount) => boolean;
}

const KINDS = {
  exact: {
    pattern: (account) => account,
    admits: (wanted, { namespace, name }) => namespace === wanted.namespace && name === wanted.name,
  },
  anyName: {
    pattern: ({ namespace }) => ({ namespace, name: "*" }),
    admits: (wanted, { namespace }) => namespace === wanted.namespace,
  },
  anyNamespace: {
    pattern: ({ name }) => ({ namespace: "*", name }),
    admits: (wanted, { name }) => name === wanted.name,
  },
  nameBegins: {
    pattern: ({ namespace, name }) => ({ namespace, name: `${name[0]}*` }),
    admits: (wanted, { namespace, name }) => namespace === wanted.namespace && name[0] === wanted.name[0],
  },
  namespaceEnds: {
    pattern: ({ namespace, name }) => ({ namespace: `*${namespace.at(-1)}`, name }),
    admits: (wanted, { namespace, name }) =>
      namespace.at(-1) === wanted.namespace.at(-1) && name === wanted.name,
  },
} satisfies Record<string, Kind>;

/** A fleet whose bindings may be patterns. */
export interface PatternFleet extends SomeFleet {
  bindings: (SomeBinding & { kind: keyof typeof KINDS })[];
}

/** Any fleet of exact bindings. */
export const exactFleet: fc.Arbitrary<PatternFleet> = someFleet.map(({ clusters, bindings }) => ({
  clusters,
  bindings: bindings.map((binding) => ({ ...binding, kind: "exact" as const })),
}));

const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[];

/** Any fleet of exact bindings and patterns. */
export const patternFleet: fc.Arbitrary<PatternFleet> = someFleet.chain(({ clusters, bindings }) =>
  fc.record({
    clusters: fc.constant(clusters),
    bindings: fc.tuple(
      ...bindings.map((binding) =>
        // No namespace has a dot, and a pattern with one is refused.
        fc
          .constantFrom(...(binding.namespace.includes(".") ? (["exact", "anyNamespace"] as const) : kinds))
          .map((kind) => ({ ...binding, kind })),
      ),
    ),
  }),
);

/** The fleet as the trust policy sees it, with providers that were made for STS alone. */
export function clustersOf({ clusters, bindings }: PatternFleet): TrustedCluster[] {
  return clusters.flatMap(({ name, arn }, position) => {
    const here = bindings.filter(({ clusters: positions }) => positions.includes(position));
    const written = (exact: boolean) =>
      here
        .filter(({ kind }) => (kind === "exact") === exact)
        .map((binding) => KINDS[binding.kind].pattern(binding))
        .map((account) => subjectOf(account.namespace, account.name));
    if (here.length === 0) return [];
    return [
      {
        name,
        oidcProviderArn: arn,
        subjects: written(true),
        subjectPatterns: written(false),
        oidcProviderClientIds: ["sts.amazonaws.com"],
      },
    ];
  });
}

const NOBODYS_ISSUER = `arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/${"X".repeat(32)}`;

/** Everybody who is bound, in every cluster and in one that is none; and those who nearly are, in a cluster where they would be. */
export function questionsOf(fleet: PatternFleet): Question[] {
  const { clusters, bindings } = fleet;
  const question = (position: number, account: ServiceAccount, audience = "sts.amazonaws.com"): Question => ({
    oidcProviderArn: clusters[position]?.arn ?? NOBODYS_ISSUER,
    subject: subjectOf(account.namespace, account.name),
    audience,
    bound: bindings.some(
      (binding) => binding.clusters.includes(position) && KINDS[binding.kind].admits(binding, account),
    ),
  });
  const all = bindings.flatMap((binding) => {
    const [position = 0] = binding.clusters;
    return [
      ...[...clusters, "nobody's"].map((_, each) => question(each, binding)),
      ...nearly(binding).map((account) => question(position, account)),
      ...bindings.map(({ name }) => question(position, { namespace: binding.namespace, name })),
      question(position, binding, "vault"),
    ];
  });
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

function nearly({ namespace, name }: ServiceAccount): ServiceAccount[] {
  return [
    { namespace: name, name: namespace },
    { namespace: "kube-system", name },
    { namespace, name: "default" },
    { namespace, name: `${name}x` },
    { namespace: `x${namespace}`, name },
    { namespace: namespace.toUpperCase(), name },
    { namespace, name: "*" },
    { namespace: `${namespace}-${name}`, name: "" },
  ];
}
