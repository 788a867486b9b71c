import type { IrsaCluster, MultiClusterIrsaArgs } from "../../index";
import { cluster, goodArgs, late, READER } from "../support/clusters";
import { eksIssuer, providerArn } from "../support/fleet";

/** Fault, arguments, property path, and words of the reason that tell the remedy. */
export type BadInput = [fault: string, args: MultiClusterIrsaArgs, path: string, reason: RegExp];

const blue = cluster("blue", "B");
const green = cluster("green", "C");
const east = eksIssuer("B");

/** Two clusters, the second with something wrong; a JavaScript program can write what the type forbids. */
const second = (changes: { [K in keyof IrsaCluster]?: unknown }) =>
  goodArgs({ clusters: [blue, { ...green, ...(changes as Partial<IrsaCluster>) }] });

export const BAD_CLUSTERS: BadInput[] = [
  ["no clusters", goodArgs({ clusters: [] }), "clusters", /is empty: list at least one cluster/],
  [
    "clusters left out",
    { serviceAccounts: [READER] } as unknown as MultiClusterIrsaArgs,
    "clusters",
    /list at least one cluster/,
  ],
  [
    "two clusters of one name",
    second({ name: "blue" }),
    "clusters[1].name",
    /"blue", as clusters\[0\]\.name is: give each cluster a name of its own/,
  ],
  [
    "a former name that is another's",
    second({ formerNames: ["blue"] }),
    "clusters[1].formerNames",
    /give each cluster a name of its own/,
  ],
  [
    "a former name that is no name",
    second({ formerNames: ["a/b"] }),
    "clusters[1].formerNames[0]",
    /letters, digits, "-" and "_"/,
  ],
  [
    "a name with a slash",
    second({ name: "a/b" }),
    "clusters[1].name",
    /not a cluster's name: "a\/b" \(plain text of 1 to 100/,
  ],
  [
    "an empty name",
    second({ name: "" }),
    "clusters[1].name",
    /1 to 100 letters, digits, "-" and "_", a letter or digit first/,
  ],
  ["a name of 101 characters", second({ name: "a".repeat(101) }), "clusters[1].name", /1 to 100 letters/],
  ["a name that arrives late", second({ name: late("green") }), "clusters[1].name", /plain text/],
  [
    "two clusters of one issuer",
    second({ issuerUrl: east }),
    "clusters[1].issuerUrl",
    /as clusters\[0\]\.issuerUrl is: an issuer belongs to one cluster, list that cluster once/,
  ],
  [
    "issuer without https",
    second({ issuerUrl: east.slice(8) }),
    "clusters[1].issuerUrl",
    /must begin with https:\/\/.*write "https:\/\/oidc/,
  ],
  [
    "issuer with http",
    second({ issuerUrl: east.replace("https", "http") }),
    "clusters[1].issuerUrl",
    /write "https:\/\/oidc/,
  ],
  [
    "issuer with a port",
    second({ issuerUrl: east.replace(".com", ".com:443") }),
    "clusters[1].issuerUrl",
    /must have no port.*write "https:\/\/oidc\.eks\.us-east-1\.amazonaws\.com\/id\/B+"/,
  ],
  [
    "issuer with a trailing slash",
    second({ issuerUrl: `${east}/` }),
    "clusters[1].issuerUrl",
    /must not end with a slash.*write "[^"]*B"/,
  ],
  [
    "issuer with a query",
    second({ issuerUrl: `${east}?a=b` }),
    "clusters[1].issuerUrl",
    /must have no query.*write "[^"]*B"/,
  ],
  [
    "the dual-stack host",
    second({ issuerUrl: "https://oidc-eks.us-east-1.api.aws/id/B" }),
    "clusters[1].issuerUrl",
    /dual-stack.*not what the cluster's tokens carry: write "https:\/\/oidc\.eks\.us-east-1\.amazonaws\.com\/id\/B"/,
  ],
  [
    "an empty issuer",
    second({ issuerUrl: "" }),
    "clusters[1].issuerUrl",
    /is empty: .*`aws eks describe-cluster`/,
  ],
  [
    "an issuer left out",
    second({ issuerUrl: undefined }),
    "clusters[1].issuerUrl",
    /is empty: .*`aws eks describe-cluster`/,
  ],
  [
    "an adopted ARN of another issuer",
    second({ oidcProviderArn: providerArn(east) }),
    "clusters[1].oidcProviderArn",
    /belongs to issuer "[^"]*B", and not to this cluster's "[^"]*C": adopt the provider of this cluster's issuer/,
  ],
  [
    "an adopted ARN that is none",
    second({ oidcProviderArn: "x" }),
    "clusters[1].oidcProviderArn",
    /arn:<partition>:iam::<account>:oidc-provider\/<issuer without https:\/\/>/,
  ],
  [
    "an empty adopted ARN",
    second({ oidcProviderArn: "" }),
    "clusters[1].oidcProviderArn",
    /leave it out to have the provider created/,
  ],
  [
    "a name that is no text, and no kubeconfig",
    second({ name: Object.create(null) as never, kubeconfig: undefined }),
    "clusters[1].name",
    /is not a cluster's name: an object/,
  ],
  [
    "an empty kubeconfig",
    second({ kubeconfig: "" }),
    "clusters[1].kubeconfig",
    /is empty: pass the text of a kubeconfig/,
  ],
  [
    "no kubeconfig and no provider",
    second({ kubeconfig: undefined }),
    "clusters[1].kubeconfig",
    /is missing.*pass kubeconfig here, or a provider as opts\.clusterProviders\["green"\] \(the ambient kubeconfig is never used\)/,
  ],
  [
    "a thumbprint of 39 digits",
    second({ thumbprints: ["0".repeat(39)] }),
    "clusters[1].thumbprints",
    /write 40 hexadecimal digits/,
  ],
  [
    "six thumbprints",
    second({ thumbprints: Array(6).fill("a".repeat(40)) }),
    "clusters[1].thumbprints",
    /6 entries; IAM takes at most 5/,
  ],
  [
    "a thumbprint of what is adopted",
    second({ thumbprints: ["a".repeat(40)], oidcProviderArn: providerArn(eksIssuer("C")) }),
    "clusters[1].thumbprints",
    /leave thumbprints out/,
  ],
  [
    "a take-over of nothing",
    second({ importOidcProvider: true }),
    "clusters[1].importOidcProvider",
    /takes over the provider that oidcProviderArn names, which is missing/,
  ],
  [
    "a take-over of what arrives late",
    second({ importOidcProvider: true, oidcProviderArn: late(providerArn(eksIssuer("C"))) }),
    "clusters[1].importOidcProvider",
    /wants oidcProviderArn as plain text/,
  ],
  [
    "a take-over with thumbprints",
    second({
      importOidcProvider: true,
      oidcProviderArn: providerArn(eksIssuer("C")),
      thumbprints: ["a".repeat(40)],
    }),
    "clusters[1].thumbprints",
    /leave thumbprints out until that is done/,
  ],
  [
    "a take-over with client IDs",
    second({
      importOidcProvider: true,
      oidcProviderArn: providerArn(eksIssuer("C")),
      oidcProviderClientIds: ["sts.amazonaws.com"],
    }),
    "clusters[1].oidcProviderClientIds",
    /created or taken over has exactly sts.amazonaws.com: leave it out/,
  ],
];
