import * as cases from "./trustCases";
import {
  A,
  allow,
  arnOf,
  B,
  bothProviders,
  deny,
  readerOfA,
  sub,
  when,
  writer,
  writerOfA,
} from "./trustCases";

const federated = (arn: string | string[]) => allow({ Principal: { Federated: arn } });
const onlyReader = { Condition: { StringEquals: { [`${A}:sub`]: cases.reader } } };
const action = (name: string | string[]) => allow({ Action: name });
const inRegion = (region: string) => ({ Condition: { StringEquals: { "aws:RequestedRegion": region } } });

/** Effect, Principal and Action, and documents that cannot be decided or were never IAM's. */
export const statementCases: cases.Groups = {
  "Policy evaluation logic": [
    ["an Allow that applies", allow(), readerOfA, "allow"],
    ["no statement at all", [], readerOfA, "deny"],
    ["an Allow for another provider", federated(arnOf(B)), readerOfA, "deny"],
    ["an explicit Deny wins", [deny(), allow()], readerOfA, "deny"],
    ["a Deny behind the Allow wins as well", [allow(), deny()], readerOfA, "deny"],
    ["a Deny for somebody else", [allow(), deny(onlyReader)], writerOfA, "allow"],
    ["a Deny alone allows nobody", deny(onlyReader), writerOfA, "deny"],
    ["the second of two Allows", [federated(arnOf(B)), allow()], readerOfA, "allow"],
  ],
  "IAM JSON policy elements: Principal": [
    ["an array with the provider in it", allow({ Principal: bothProviders }), readerOfA, "allow"],
    ["an array without it", federated([arnOf(B)]), readerOfA, "deny"],
    [
      "several kinds: one is enough",
      allow({ Principal: { Service: "ec2.amazonaws.com", ...bothProviders } }),
      readerOfA,
      "allow",
    ],
    [
      "another account's provider",
      federated(arnOf(A).replace("123456789012", "999999999999")),
      readerOfA,
      "deny",
    ],
    ["an ARN is case-sensitive", federated(arnOf(A.toLowerCase())), readerOfA, "deny"],
    ["no wildcards in Federated", federated(`${arnOf(A).slice(0, -1)}*`), readerOfA, "deny"],
    ["a service", allow({ Principal: { Service: "pods.eks.amazonaws.com" } }), readerOfA, "deny"],
    ["an account", allow({ Principal: { AWS: "arn:aws:iam::123456789012:root" } }), readerOfA, "deny"],
    ["a Deny for everybody", [allow(), deny({ Principal: "*" })], readerOfA, "deny"],
  ],
  "IAM JSON policy elements: Action": [
    ["names are not case-sensitive", action("STS:assumerolewithwebidentity"), readerOfA, "allow"],
    ["a wildcard", action("sts:AssumeRole*"), readerOfA, "allow"],
    ["a question mark is one character", action("sts:AssumeRoleWithWebIdentit?"), readerOfA, "allow"],
    ["another action", action("sts:AssumeRole"), readerOfA, "deny"],
    ["an array", action(["sts:TagSession", "sts:AssumeRoleWithWebIdentity"]), readerOfA, "allow"],
    ["a Deny of all of sts", [allow(), deny({ Action: "sts:*" })], readerOfA, "deny"],
  ],
  "not decidable here: an Allow does not apply": [
    ["aws:RequestedRegion", allow(inRegion("us-east-1")), readerOfA, "deny"],
    ["aws:SourceIp", when({ IpAddress: { "aws:SourceIp": "127.0.0.0/8" } }), readerOfA, "deny"],
    ["an operator nobody knows", sub("StringEqualz", cases.reader), readerOfA, "deny"],
    ["… with IfExists", cases.subOfB("FooIfExists", cases.reader), readerOfA, "deny"],
    ["a policy variable", sub("StringNotLike", "${aws:username}*"), readerOfA, "deny"],
    ["a number for a text", sub("StringEquals", 5), readerOfA, "deny"],
    ["Principal *", allow({ Principal: "*" }), readerOfA, "deny"],
    ["Principal AWS *", allow({ Principal: { AWS: "*" } }), readerOfA, "deny"],
    [
      "NotPrincipal",
      allow({ Principal: undefined, NotPrincipal: { Federated: arnOf(B) } }),
      readerOfA,
      "deny",
    ],
    ["no Principal", allow({ Principal: undefined }), readerOfA, "deny"],
  ],
  "not decidable here: a Deny applies": [
    ["aws:RequestedRegion", [allow(), deny(inRegion("eu-west-1"))], readerOfA, "deny"],
    [
      "an operator nobody knows",
      [allow(), deny({ Condition: { StringEqualz: { [`${A}:sub`]: "x" } } })],
      readerOfA,
      "deny",
    ],
    [
      "but not where another part surely does not apply",
      [allow(), deny({ Condition: { Foo: { x: "y" }, StringEquals: { [`${A}:sub`]: writer } } })],
      readerOfA,
      "allow",
    ],
    [
      "NotPrincipal",
      [allow(), deny({ Principal: undefined, NotPrincipal: { AWS: "123456789012" } })],
      readerOfA,
      "deny",
    ],
  ],
  "a document that IAM would not have stored": [
    ["Resource", allow({ Resource: "*" }), readerOfA, "deny"],
    ["an unknown element", allow({ Conditions: {} }), readerOfA, "deny"],
    ["an effect in other letters", allow({ Effect: "allow" }), readerOfA, "deny"],
    ["Action and NotAction", allow({ NotAction: "sts:TagSession" }), readerOfA, "deny"],
    ["a sound statement beside a broken one", [allow(), allow({ Resource: "*" })], readerOfA, "deny"],
  ],
};
