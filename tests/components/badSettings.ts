import type { MultiClusterIrsaArgs, ServiceAccountBinding, TrustPolicyForm } from "../../index";
import { goodArgs, late, READER, S3_READ } from "../support/clusters";
import type { BadInput } from "./badClusters";

/** One binding with something wrong; a JavaScript program can write what the type forbids. */
const bind = (changes: { [K in keyof ServiceAccountBinding]?: unknown }) =>
  goodArgs({ serviceAccounts: [{ ...READER, ...(changes as Partial<ServiceAccountBinding>) }] });

const TAGS = /^(begins with "aws:"|is not a tag's key|has a value that no tag takes|are 51)/;

/** What the role, the tags and the pods that prove it are made with. */
export const BAD_MATERIALS: BadInput[] = [
  [
    "a permissions boundary that is empty",
    goodArgs({ role: { permissionsBoundaryArn: "" } }),
    "role.permissionsBoundaryArn",
    /is not the ARN of a managed policy: ""/,
  ],
  [
    "an inline policy that is no JSON",
    goodArgs({ inlinePolicies: { s3: "Version: 2012-10-17" } }),
    'inlinePolicies["s3"]',
    /is no JSON object: write the policy as JSON\.stringify gives it/,
  ],
  [
    "a role's name that is too long for a shard",
    goodArgs({
      clusters: goodArgs().clusters.map((one) => ({ ...one, shard: "a-long-name-of-a-shard" })),
      role: { name: "r".repeat(50) },
      trust: { shards: ["a-long-name-of-a-shard"] },
    }),
    "role.name",
    /^makes a role "r{50}-a-long-name-of-a-shard" of a shard, which is 73 characters long/,
  ],
  ["a tag of AWS's own", goodArgs({ tags: { "aws:name": "x" } }), 'tags["aws:name"]', TAGS],
  ["a tag without a key", goodArgs({ tags: { "": "x" } }), 'tags[""]', TAGS],
  ["a tag with a long value", goodArgs({ tags: { a: "x".repeat(257) } }), 'tags["a"]', TAGS],
  ["a tag with a comma", goodArgs({ tags: { a: "x,y" } }), 'tags["a"]', TAGS],
  [
    "too many tags",
    goodArgs({ tags: Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, "x"])) }),
    "tags",
    TAGS,
  ],
  [
    "an image that is empty",
    goodArgs({ samplePod: { image: "" } }),
    "samplePod.image",
    /is empty: write an image, or leave it out/,
  ],
  [
    "a label of pods with spaces",
    goodArgs({ verificationJob: { labels: { "team name": "a" } } }),
    'verificationJob.labels["team name"]',
    /is not the key of a label/,
  ],
  [
    "a node selector that no node has",
    goodArgs({ samplePod: { nodeSelector: { zone: "a b" } } }),
    'samplePod.nodeSelector["zone"]',
    /is not the value of a label: "a b"/,
  ],
];

export const BAD_BINDINGS: BadInput[] = [
  [
    "no bindings",
    goodArgs({ serviceAccounts: [] }),
    "serviceAccounts",
    /is empty: list at least one ServiceAccount/,
  ],
  [
    "bindings left out",
    { clusters: goodArgs().clusters } as unknown as MultiClusterIrsaArgs,
    "serviceAccounts",
    /list at least one ServiceAccount/,
  ],
  [
    "a namespace in capitals",
    bind({ namespace: "Default" }),
    "serviceAccounts[0].namespace",
    /not a name that Kubernetes takes: "Default" \(lower-case/,
  ],
  [
    "a namespace with a dot",
    bind({ namespace: "a.b" }),
    "serviceAccounts[0].namespace",
    /lower-case letters, digits and '-'/,
  ],
  [
    "a namespace of 64 characters",
    bind({ namespace: "a".repeat(64) }),
    "serviceAccounts[0].namespace",
    /64 characters long; Kubernetes takes at most 63/,
  ],
  [
    "an empty namespace",
    bind({ namespace: "" }),
    "serviceAccounts[0].namespace",
    /is empty: name the namespace/,
  ],
  [
    "a namespace that arrives late",
    bind({ namespace: late("default") }),
    "serviceAccounts[0].namespace",
    /must be plain text/,
  ],
  [
    "a name with a wildcard",
    bind({ name: "s3-*" }),
    "serviceAccounts[0].name",
    /has a wildcard: "s3-\*"\. Write exact names, or set match to SubjectMatch\.Wildcard/,
  ],
  [
    "a namespace with a question mark",
    bind({ namespace: "team-?" }),
    "serviceAccounts[0].namespace",
    /has a wildcard: "team-\?"/,
  ],
  [
    "a match that there is not",
    bind({ match: "Glob" }),
    "serviceAccounts[0].match",
    /write Exact or Wildcard/,
  ],
  [
    "a wildcard match without a wildcard",
    bind({ match: "Wildcard" }),
    "serviceAccounts[0].match",
    /neither namespace nor name has a `\*`: leave it out/,
  ],
  [
    "a wildcard namespace that nobody acknowledged",
    bind({ match: "Wildcard", namespace: "team-*" }),
    "serviceAccounts[0].namespace",
    /has a wildcard: "team-\*"\. Whoever may make a namespace that fits.*set allowWildcardNamespace to true/,
  ],
  [
    "everyone, not acknowledged",
    bind({ match: "Wildcard", namespace: "*", name: "*" }),
    "serviceAccounts[0].namespace",
    /set allowWildcardNamespace to true/,
  ],
  [
    "a wildcard namespace that is not meant",
    bind({ match: "Wildcard", namespace: "*", allowWildcardNamespace: false }),
    "serviceAccounts[0].namespace",
    /set allowWildcardNamespace to true/,
  ],
  [
    "a question mark in a pattern",
    bind({ match: "Wildcard", name: "s3-?*" }),
    "serviceAccounts[0].name",
    /not a pattern of names that Kubernetes takes: "s3-\?\*" \(lower-case letters, digits, '-', '\.' and '\*'\)/,
  ],
  [
    "a namespace in capitals beside a pattern",
    bind({ match: "Wildcard", namespace: "Team", name: "*" }),
    "serviceAccounts[0].namespace",
    /not a name that Kubernetes takes: "Team"/,
  ],
  [
    "a variable in a pattern",
    bind({ match: "Wildcard", name: "${aws:username}*" }),
    "serviceAccounts[0].name",
    /not a pattern of names/,
  ],
  ["a name of 254 characters", bind({ name: "a".repeat(254) }), "serviceAccounts[0].name", /at most 253/],
  ["an empty name", bind({ name: "" }), "serviceAccounts[0].name", /is empty: name the ServiceAccount/],
  ["a name left out", bind({ name: undefined }), "serviceAccounts[0].name", /must be plain text/],
  [
    "an unknown cluster",
    bind({ clusters: ["blue", "grey"] }),
    "serviceAccounts[0].clusters[1]",
    /names no cluster of the list: "grey" \(there are "blue", "green"\)/,
  ],
  [
    "a cluster twice",
    bind({ clusters: ["blue", "blue"] }),
    "serviceAccounts[0].clusters[1]",
    /names "blue" twice/,
  ],
  [
    "no cluster at all",
    bind({ clusters: [] }),
    "serviceAccounts[0].clusters",
    /leave it out to bind in every cluster/,
  ],
  [
    "the same binding twice",
    goodArgs({ serviceAccounts: [{ ...READER, clusters: ["blue"] }, READER] }),
    "serviceAccounts[1]",
    /binds default\/s3-reader, as serviceAccounts\[0\] does: make it one binding with the clusters of both/,
  ],
  [
    "a name too long for a sample pod",
    { ...bind({ name: "a".repeat(233) }), samplePod: {} },
    "serviceAccounts[0].name",
    /too long for a sample pod.*at most 232, or leave samplePod out/,
  ],
];

export const BAD_SETTINGS: BadInput[] = [
  [
    "a role name of 65 characters",
    goodArgs({ role: { name: "r".repeat(65) } }),
    "role.name",
    /65 characters long; IAM takes at most 64/,
  ],
  [
    "a role name with a slash",
    goodArgs({ role: { name: "a/b" } }),
    "role.name",
    /not a role's name: "a\/b" \(letters, digits and \+ = , \. @ _ -\)/,
  ],
  ["an empty role name", goodArgs({ role: { name: "" } }), "role.name", /letters, digits and/],
  [
    "a session of 3599 seconds",
    goodArgs({ role: { maxSessionDuration: 3599 } }),
    "role.maxSessionDuration",
    /is 3599: write seconds, from 3600 to 43200/,
  ],
  [
    "a session of 43201 seconds",
    goodArgs({ role: { maxSessionDuration: 43201 } }),
    "role.maxSessionDuration",
    /is 43201: write seconds, from 3600 to 43200/,
  ],
  [
    "a session of half a second",
    goodArgs({ role: { maxSessionDuration: 3600.5 } }),
    "role.maxSessionDuration",
    /from 3600 to 43200/,
  ],
  [
    "a path without a slash at its end",
    goodArgs({ role: { path: "/a" } }),
    "role.path",
    /begins and ends with "\/"/,
  ],
  [
    "a description of 1001 characters",
    goodArgs({ role: { description: "d".repeat(1001) } }),
    "role.description",
    /at most 1000/,
  ],
  [
    "a policy that is no ARN",
    goodArgs({ policyArns: { a: "AmazonS3ReadOnlyAccess" } }),
    'policyArns["a"]',
    /not the ARN of a managed policy.*AmazonS3ReadOnlyAccess, say/,
  ],
  [
    "a policy under two keys",
    goodArgs({ policyArns: { a: S3_READ, b: S3_READ } }),
    'policyArns["b"]',
    /as policyArns\["a"\] is: keep one of them/,
  ],
  [
    "a policy under no key",
    goodArgs({ policyArns: { "": S3_READ } }),
    'policyArns[""]',
    /needs a key that is not empty/,
  ],
  [
    "an inline policy with a space in its name",
    goodArgs({ inlinePolicies: { "a b": "{}" } }),
    'inlinePolicies["a b"]',
    /1 to 128 letters, digits/,
  ],
  [
    "a limit below the default",
    goodArgs({ trust: { maxSize: 2047 } }),
    "trust.maxSize",
    /write the account's quota, a whole number from 2048 to 8192/,
  ],
  ["a limit above the largest", goodArgs({ trust: { maxSize: 8193 } }), "trust.maxSize", /from 2048 to 8192/],
  [
    "a form that there is not",
    goodArgs({ trust: { form: "Short" as unknown as TrustPolicyForm } }),
    "trust.form",
    /is "Short": write StatementPerCluster/,
  ],
  [
    "half a retry of the verification Job",
    goodArgs({ verificationJob: { retries: 0.5 } }),
    "verificationJob.retries",
    /is 0.5: write a whole number from 0 to 20/,
  ],
  [
    "too many retries of the verification Job",
    goodArgs({ verificationJob: { retries: 21 } }),
    "verificationJob.retries",
    /is 21: write a whole number from 0 to 20/,
  ],
  ["a negative retry", goodArgs({ verificationJob: { retries: -1 } }), "verificationJob.retries", /is -1/],
];
