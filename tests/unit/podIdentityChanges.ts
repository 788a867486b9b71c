import type { Decision } from "../../trust/evaluate";
import type { PodIdentityRequest } from "../../trust/podIdentityRequest";
import type { TrustedCluster } from "../../trust/types";
import {
  ACCOUNT,
  BASE,
  bound,
  changed,
  EAST_ARN,
  eastReader,
  external,
  PODS,
  reader,
  READER_ID,
  type Statement,
  TAG,
  tagged,
  WEST_ARN,
  wide,
} from "./podIdentityDocuments";

/** A request of which the changed document says something else than the bindings, which say this. */
type Witness = [request: PodIdentityRequest, wanted: Decision];
/** A document with one change, and why it is not taken. Without a witness the change can be told by a look at the text alone. */
export type Change = [
  what: string,
  clusters: TrustedCluster[],
  statements: object[],
  reason: string,
  witness?: Witness,
];

export const { east, west } = bound();
export const off = bound({ disableSessionTags: true }).east;
export const basedOff = bound({ baseRoleArn: BASE, disableSessionTags: true }).east;
export const based = bound({ baseRoleArn: BASE }).east;
export const one = (change: (copy: Statement) => unknown) => [changed(eastReader, change)];
export const oneWide = (change: (copy: Statement) => unknown) => [changed(wide(EAST_ARN), change)];
export const oneExternal = (change: (copy: Statement) => unknown) => [changed(external(READER_ID), change)];
export const equals = (copy: Statement) => copy.Condition.StringEquals!;
export const without = (key: string) => (copy: Statement) => Reflect.deleteProperty(equals(copy), key);
export const renamed = (from: string, to: string) => (copy: Statement) => {
  const { [from]: values = [], ...others } = equals(copy);
  copy.Condition = { StringEquals: { ...others, [to]: values } };
};
export const under = (operator: string) => (copy: Statement) =>
  (copy.Condition = { [operator]: equals(copy) });

export const refused: Witness = [reader, "allow"];
export const otherName: Witness = [{ ...reader, serviceAccount: "other" }, "deny"];
export const offReader = { ...reader, disableSessionTags: true };
export const WEB = "statement 0: is not for OIDC providers alone, nor for Pod Identity alone";
export const kind = (operator: string, key: string) =>
  `statement 0: has a condition of another kind: ${operator} on ${key}`;

export const DROPPED: Change[] = [
  [
    "the name dropped",
    [east],
    one(without(TAG.name)),
    `statement 0: lacks StringEquals on ${TAG.name}`,
    otherName,
  ],
  [
    "the namespace dropped",
    [east],
    one(without(TAG.namespace)),
    `statement 0: lacks StringEquals on ${TAG.namespace}`,
    [{ ...reader, namespace: "x" }, "deny"],
  ],
  [
    "the cluster dropped",
    [east],
    one(without(TAG.cluster)),
    `statement 0: lacks StringEquals on ${TAG.cluster}`,
    [{ ...reader, clusterArn: WEST_ARN }, "deny"],
  ],
  [
    "all conditions dropped",
    [east],
    one((copy) => delete (copy as Partial<Statement>).Condition),
    "statement 0: is not about sts:AssumeRole alone",
    otherName,
  ],
  [
    "the source dropped",
    [off],
    oneWide(without("aws:SourceArn")),
    "statement 0: lacks StringEquals on aws:SourceArn",
    [{ ...offReader, clusterArn: WEST_ARN }, "deny"],
  ],
  [
    "the source's account dropped",
    [off],
    oneWide(without("aws:SourceAccount")),
    "statement 0: lacks StringEquals on aws:SourceAccount",
  ],
  [
    "the external ID dropped",
    [basedOff],
    oneExternal((copy) => (copy.Condition = {})),
    "statement 0: lacks StringEquals on sts:ExternalId",
    [{ ...offReader, baseRoleArn: BASE, namespace: "x" }, "deny"],
  ],
  [
    "TagSession dropped",
    [east],
    one((copy) => (copy.Action = "sts:AssumeRole")),
    "statement 0: is not about sts:AssumeRole and sts:TagSession alone",
    refused,
  ],
  [
    "AssumeRole dropped",
    [east],
    one((copy) => (copy.Action = ["sts:TagSession"])),
    "statement 0: is not about sts:AssumeRole and sts:TagSession alone",
    refused,
  ],
];

export const ADDED: Change[] = [
  [
    "a foreign cluster",
    [east],
    [tagged([EAST_ARN, WEST_ARN], "default", "s3-reader")],
    `statement 0: admits it as ${PODS} asks for it`,
    [{ ...reader, clusterArn: WEST_ARN }, "deny"],
  ],
  [
    "a foreign cluster in place of its own",
    [east],
    [tagged(WEST_ARN, "default", "s3-reader")],
    `statement 0: admits it as ${PODS} asks for it`,
    refused,
  ],
  [
    "a further name, which makes a cross product",
    [east, west],
    [tagged([EAST_ARN, WEST_ARN], "default", ["s3-reader", "other"])],
    `statement 0: admits it as ${PODS} asks for it`,
    otherName,
  ],
  [
    "a whole cluster",
    [east],
    [eastReader, wide(EAST_ARN)],
    `statement 1: admits it as ${PODS} asks for it`,
    [{ ...offReader, namespace: "x" }, "deny"],
  ],
  [
    "an account that no cluster is in",
    [off],
    oneWide((copy) => (equals(copy)["aws:SourceAccount"] = [ACCOUNT, "444455556666"])),
    "statement 0: has other accounts under aws:SourceAccount than under aws:SourceArn",
  ],
  [
    "a wrong account",
    [off],
    oneWide((copy) => (equals(copy)["aws:SourceAccount"] = "444455556666")),
    "statement 0: has other accounts under aws:SourceAccount than under aws:SourceArn",
    [offReader, "allow"],
  ],
  [
    "a source that is no cluster",
    [off],
    oneWide((copy) => (equals(copy)["aws:SourceArn"] = [EAST_ARN, "x"])),
    "statement 0: has other accounts under aws:SourceAccount than under aws:SourceArn",
  ],
  [
    "TagSession with tags off",
    [off],
    oneWide((copy) => (copy.Action = ["sts:AssumeRole", "sts:TagSession"])),
    "statement 0: is not about sts:AssumeRole alone",
    [{ ...reader, serviceAccount: "x" }, "deny"],
  ],
  [
    "every action",
    [east],
    one((copy) => (copy.Action = "sts:*")),
    "statement 0: is not about sts:AssumeRole and sts:TagSession alone",
  ],
  [
    "a condition more",
    [east],
    one((copy) => (copy.Condition.Bool = { "aws:SecureTransport": "true" })),
    "statement 0: has a condition that is not asked for: bool on aws:securetransport",
    refused,
  ],
  [
    "another tag more",
    [east],
    one((copy) => (equals(copy)["aws:RequestTag/eks-cluster-name"] = "x")),
    "statement 0: has a condition that is not asked for: stringequals on aws:requesttag/eks-cluster-name",
    refused,
  ],
  [
    "a second operator on a tag, which is ANDed",
    [east],
    one((copy) => (copy.Condition.StringLike = { [TAG.name]: "x*" })),
    kind("StringLike", TAG.name),
    refused,
  ],
  [
    "a Deny",
    [east],
    [eastReader, { ...eastReader, Effect: "Deny" }],
    "statement 1: is not an Allow",
    refused,
  ],
  [
    "NotAction",
    [east],
    one((copy) => (copy.NotAction = "x")),
    "statement 0: has the element NotAction",
    refused,
  ],
];
