import fc from "fast-check";
import { subjectOf } from "../../trust/subject";
import type { TrustedCluster, TrustedPodIdentity, WebIdentityCluster } from "../../trust/types";

/** One ServiceAccount in some of a fleet's clusters, which are given by their positions. */
export interface SomeBinding {
  namespace: string;
  name: string;
  clusters: number[];
}

/** Clusters, and who is bound in which. */
export interface SomeFleet {
  clusters: { name: string; arn: string }[];
  bindings: SomeBinding[];
}

/** Any text of these characters. */
export function textOf(characters: string, minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters.split("")), minLength, maxLength });
}

/** Few letters, so that names are often one another's beginnings, ends and swaps. */
const word = textOf("ab", 1, 3);
const name = fc.oneof(word, fc.constantFrom("default", "s3-reader", "kube-system", "app.v1", "0"));

const region = fc.constantFrom(
  { partition: "aws", host: "oidc.eks.us-east-1.amazonaws.com" },
  { partition: "aws", host: "oidc.eks.ap-northeast-2.amazonaws.com" },
  { partition: "aws-us-gov", host: "oidc.eks.us-gov-west-1.amazonaws.com" },
  { partition: "aws-cn", host: "oidc.eks.cn-northwest-1.amazonaws.com.cn" },
);
const id = textOf("0123456789ABCDEF", 32, 32);
const clusterName = textOf("abB1-_", 1, 5);

const cluster = fc
  .record({ name: clusterName, id, region })
  .map(({ name: called, id: last, region: { partition, host } }) => ({
    name: called,
    arn: `arn:${partition}:iam::123456789012:oidc-provider/${host}/id/${last}`,
  }));

/** Any fleet of one to six clusters, each issuer and each pair of namespace and name once. */
export const someFleet: fc.Arbitrary<SomeFleet> = fc
  .uniqueArray(cluster, {
    minLength: 1,
    maxLength: 6,
    comparator: (a, b) => a.name === b.name || a.arn.split("/id/")[1] === b.arn.split("/id/")[1],
  })
  .chain((clusters) => {
    const positions = clusters.map((_, position) => position);
    const binding = fc.record({
      namespace: name,
      name,
      clusters: fc.subarray(positions, { minLength: 1 }),
    });
    return fc.record({
      clusters: fc.constant(clusters),
      bindings: fc.uniqueArray(binding, {
        minLength: 1,
        maxLength: 5,
        selector: ({ namespace, name: called }) => `${namespace}/${called}`,
      }),
    });
  });

/** The fleet as the trust policy sees it: clusters with nobody bound are not in it. */
export function trustedBy({ clusters, bindings }: SomeFleet): WebIdentityCluster[] {
  return clusters.flatMap(({ name: called, arn }, position) => {
    const subjects = bindings
      .filter((binding) => binding.clusters.includes(position))
      .map((binding) => subjectOf(binding.namespace, binding.name));
    return subjects.length > 0 ? [{ name: called, oidcProviderArn: arn, subjects }] : [];
  });
}

/** Names that Kubernetes takes for a namespace and for a ServiceAccount: few, so that clusters often have the same bindings. */
const label = fc.constantFrom("a", "b", "ab", "a-b", "default");
const subject = fc.record({ namespace: label, name: fc.oneof(label, fc.constantFrom("app.v1")) });
const bindings = fc.uniqueArray(
  subject.map(({ namespace, name: called }) => subjectOf(namespace, called)),
  { minLength: 1, maxLength: 6 },
);

/** How a cluster comes to the role by Pod Identity: directly in the role's account, by a base role there, or by one in another. */
const podIdentityOf = (eksName: string): fc.Arbitrary<TrustedPodIdentity> =>
  fc
    .record({
      account: fc.constantFrom("123456789012", "210987654321"),
      place: fc.constantFrom("us-east-1", "eu-central-1"),
      base: fc.constantFrom(undefined, "base", "path/other"),
      disableSessionTags: fc.constantFrom(undefined, false, true),
    })
    .map(({ account, place, base, disableSessionTags }) => {
      const accountId = base === undefined ? "123456789012" : account;
      return {
        clusterArn: `arn:aws:eks:${place}:${accountId}:cluster/${eksName}`,
        ...(base !== undefined && { baseRoleArn: `arn:aws:iam::${accountId}:role/${base}` }),
        ...(disableSessionTags !== undefined && { disableSessionTags }),
      };
    });

/** Any fleet of one to seven clusters that come to the role by web identities, by Pod Identity, or by both. */
export const someMixedFleet: fc.Arbitrary<TrustedCluster[]> = fc
  .uniqueArray(clusterName, { minLength: 1, maxLength: 7 })
  .chain((names) => {
    // Two sets for all, so that groups have several members.
    const sets = fc.tuple(bindings, bindings);
    const modes = names.map((_, position) =>
      fc.record({
        mode: fc.constantFrom("web", "pods", "both"),
        set: fc.nat(1),
        podIdentity: podIdentityOf(`eks-${position}`),
      }),
    );
    return fc.tuple(sets, fc.tuple(...modes)).map(([subjects, chosen]) =>
      chosen.map(({ mode, set, podIdentity }, position): TrustedCluster => {
        const issuerId = String(position).repeat(32);
        const oidcProviderArn = `arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/${issuerId}`;
        return {
          name: names[position] ?? "",
          subjects: subjects[set] ?? [],
          ...(mode !== "pods" && { oidcProviderArn }),
          ...(mode !== "web" && { podIdentity }),
        };
      }),
    );
  });
