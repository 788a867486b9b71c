import fc from "fast-check";
import { subjectOf } from "../../trust/subject";
import type { WebIdentityCluster } from "../../trust/types";

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
