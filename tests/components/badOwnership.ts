import type { MultiClusterIrsaArgs, ServiceAccountBinding } from "../../index";
import { goodArgs, late, READER } from "../support/clusters";
import type { BadInput } from "./badClusters";

type Written = { [K in keyof ServiceAccountBinding]?: unknown };

/** One binding with something wrong; a JavaScript program can write what the type forbids. */
const bind = (changes: Written): MultiClusterIrsaArgs =>
  goodArgs({ serviceAccounts: [{ ...READER, ...(changes as Partial<ServiceAccountBinding>) }] });
const set = (settings: object) => bind({ settings });
/** A setting that an owner cannot have. */
const unfit = (ownership: string, key: string, value: unknown, reason: RegExp): BadInput => [
  `${key} with ${ownership}`,
  bind({ ownership, settings: { [key]: value } }),
  `${SETTINGS}.${key}`,
  reason,
];
const wildcard = (changes: Written) => bind({ name: "s3-*", match: "Wildcard", ...changes });

const IN = "serviceAccounts[0]";
const SETTINGS = `${IN}.settings`;
const NO_USE = /is of no use where match is Wildcard: nothing is made in the clusters\. Leave it out/;
const ONLY_METADATA =
  /cannot be set with ServiceAccountOwnership\.Patch, which applies annotations and labels only/;
const NOT_IN_VALUES =
  /ServiceAccountOwnership\.None, whose output helmValues has no place for it: set it where/;

export const BAD_OWNERSHIP: BadInput[] = [
  [
    "an owner that there is not",
    bind({ ownership: "Mine" }),
    `${IN}.ownership`,
    /is "Mine": write Create, Patch, None$/,
  ],
  ["an owner that is none", bind({ ownership: 1 }), `${IN}.ownership`, /is number: write text/],
  ["an owner of a pattern", wildcard({ ownership: "Create" }), `${IN}.ownership`, NO_USE],
  ["the namespace of a pattern", wildcard({ createNamespace: true }), `${IN}.createNamespace`, NO_USE],
  ["settings of a pattern", wildcard({ settings: {} }), SETTINGS, NO_USE],
  [
    "the namespace of a patch",
    bind({ ownership: "Patch", createNamespace: true }),
    `${IN}.createNamespace`,
    /ServiceAccountOwnership\.Patch: where the ServiceAccount exists, its namespace does\. Leave it out/,
  ],
  [
    "a namespace for what is not made",
    bind({ ownership: "None", createNamespace: true }),
    `${IN}.createNamespace`,
    /ServiceAccountOwnership\.None, which makes nothing in the cluster: leave it out/,
  ],
  [
    "a namespace that every cluster has",
    bind({ createNamespace: true }),
    `${IN}.createNamespace`,
    /is set for "default", which every cluster has: leave it out/,
  ],
  unfit("Patch", "automountServiceAccountToken", false, ONLY_METADATA),
  unfit("Patch", "imagePullSecrets", ["a"], ONLY_METADATA),
  unfit("None", "labels", { a: "b" }, NOT_IN_VALUES),
  unfit("None", "imagePullSecrets", ["a"], NOT_IN_VALUES),
  unfit("None", "forceConflicts", true, NOT_IN_VALUES),
  [
    "force for what is made here",
    set({ forceConflicts: true }),
    `${SETTINGS}.forceConflicts`,
    /is for ServiceAccountOwnership\.Patch only, .*leave it out/,
  ],
  [
    "a label's key of 64 characters",
    set({ labels: { ["k".repeat(64)]: "v" } }),
    `${SETTINGS}.labels["${"k".repeat(64)}"]`,
    /is not the key of a label: a name of at most 63 .*https:\/\/kubernetes\.io\/.*labels/,
  ],
  [
    "a label's key with two slashes",
    set({ labels: { "a.b/c/d": "v" } }),
    `${SETTINGS}.labels["a.b/c/d"]`,
    /before it, if anything, a domain and "\/"/,
  ],
  [
    "a label's domain in capitals",
    set({ labels: { "Example.com/a": "v" } }),
    `${SETTINGS}.labels["Example.com/a"]`,
    /is not the key of a label/,
  ],
  [
    "a label's value with a space",
    set({ labels: { team: "a b" } }),
    `${SETTINGS}.labels["team"]`,
    /is not the value of a label: "a b" \(empty, or at most 63 .*https:/,
  ],
  [
    "a label's value of 64 characters",
    set({ labels: { team: "v".repeat(64) } }),
    `${SETTINGS}.labels["team"]`,
    /is not the value of a label/,
  ],
  [
    "an annotation's key with a space",
    set({ annotations: { "a b": "" } }),
    `${SETTINGS}.annotations["a b"]`,
    /is not the key of an annotation: .*https:\/\/kubernetes\.io\/.*annotations/,
  ],
  ...(
    [
      ["eks.amazonaws.com/role-arn", /it is set to the role's ARN anyway, leave it out/],
      ["EKS.amazonaws.com/role-arn", /it is set to the role's ARN anyway, leave it out/],
      ["eks.amazonaws.com/audience", /is not set here: set settings\.audience/],
      ["eks.amazonaws.com/sts-regional-endpoints", /set settings\.stsRegionalEndpoints/],
      ["eks.amazonaws.com/token-expiration", /set settings\.tokenExpiration/],
      ["eks.amazonaws.com/other", /begins with "eks\.amazonaws\.com\/", .*leave it out/],
      ["pulumi.com/patchForce", /set settings\.forceConflicts/],
      ["pulumi.com/patchFieldManager", /begins with "pulumi\.com\/", .*leave it out/],
    ] as const
  ).map(([key, reason]): BadInput => [
    `the annotation ${key}`,
    set({ annotations: { [key]: "x" } }),
    `${SETTINGS}.annotations["${key}"]`,
    reason,
  ]),
  [
    "another audience",
    set({ audience: "sts.amazonaws.com.cn" }),
    `${SETTINGS}.audience`,
    /is "sts\.amazonaws\.com\.cn": the trust policy admits tokens for "sts\.amazonaws\.com" only/,
  ],
  ...[599, 86401, 600.5, "600", NaN, late(600)].map((seconds, index): BadInput => [
    `a token's life that is none: ${index}`,
    set({ tokenExpiration: seconds }),
    `${SETTINGS}.tokenExpiration`,
    /: write (whole seconds, from 600 to 86400|the value itself)$/,
  ]),
  [
    "a Secret's name in capitals",
    set({ imagePullSecrets: ["fine", "Registry"] }),
    `${SETTINGS}.imagePullSecrets[1]`,
    /is not the name of a Secret: "Registry" \(at most 253 lower-case letters/,
  ],
  [
    "a Secret twice",
    set({ imagePullSecrets: ["a", "a"] }),
    `${SETTINGS}.imagePullSecrets[1]`,
    /is "a", as serviceAccounts\[0\]\.settings\.imagePullSecrets\[0\] is: name each Secret once/,
  ],
];
