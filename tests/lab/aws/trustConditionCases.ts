import * as cases from "./trustCases";
import {
  A,
  allow,
  amr,
  B,
  both,
  caller,
  deny,
  reader,
  readerOfA,
  sub,
  subOfB,
  when,
  writer,
} from "./trustCases";

const audienceToo = (aud: string) => when({ StringEquals: { [`${A}:sub`]: reader, [`${A}:aud`]: aud } });
const eachItsOwn = { [`${A}:sub`]: reader, [`${B}:sub`]: writer };
const denyWithout = (...issuers: string[]) =>
  deny({ Condition: { Null: Object.fromEntries(issuers.map((issuer) => [`${issuer}:sub`, "true"])) } });
const withMethods = (...methods: string[]) => caller({ authenticationMethods: methods });

/** Condition. */
export const conditionCases: cases.Groups = {
  "Conditions with multiple context keys or values": [
    ["sub and aud both right", audienceToo("sts.amazonaws.com"), readerOfA, "allow"],
    ["sub right, aud wrong: keys are ANDed", audienceToo("vault"), readerOfA, "deny"],
    ["another sub", sub("StringEquals", reader), cases.writerOfA, "deny"],
    ["one of several values: they are ORed", sub("StringEquals", [writer, reader]), readerOfA, "allow"],
    [
      "operators are ANDed",
      when({ StringEquals: { [`${A}:sub`]: reader }, StringLike: { [`${A}:sub`]: "*:writer" } }),
      readerOfA,
      "deny",
    ],
    [
      "key names are not case-sensitive",
      when({ StringEquals: { [`${A.toUpperCase()}:SUB`]: reader } }),
      readerOfA,
      "allow",
    ],
    ["negated: none may match", sub("StringNotEquals", [writer, reader]), readerOfA, "deny"],
    ["negated, and none matches", sub("StringNotEquals", ["x", writer]), readerOfA, "allow"],
  ],
  "String condition operators": [
    ["* in StringEquals is a star", sub("StringEquals", "system:*"), readerOfA, "deny"],
    ["StringEquals is case-sensitive", sub("StringEquals", reader.toUpperCase()), readerOfA, "deny"],
    ["StringEqualsIgnoreCase", sub("StringEqualsIgnoreCase", reader.toUpperCase()), readerOfA, "allow"],
    ["StringNotEqualsIgnoreCase", sub("StringNotEqualsIgnoreCase", reader.toUpperCase()), readerOfA, "deny"],
    ["StringLike with *", sub("StringLike", "system:serviceaccount:default:*"), readerOfA, "allow"],
    ["StringLike with * across colons", sub("StringLike", "system:*:s3-reader"), readerOfA, "allow"],
    ["StringLike with ?", sub("StringLike", "system:serviceaccount:default:s?-reader"), readerOfA, "allow"],
    ["? is one character, not none", sub("StringLike", `${reader}?`), readerOfA, "deny"],
    ["StringLike is case-sensitive", sub("StringLike", "SYSTEM:*"), readerOfA, "deny"],
    ["no other wildcards", sub("StringLike", reader.replace("-", ".")), readerOfA, "deny"],
    ["StringNotLike", sub("StringNotLike", "*:s3-reader"), readerOfA, "deny"],
    ["StringNotLike of something else", sub("StringNotLike", "*:s3-reader"), cases.writerOfA, "allow"],
  ],
  "A key that is not in the request": [
    ["positive: does not match", subOfB("StringEquals", reader), readerOfA, "deny"],
    ["negated: matches", subOfB("StringNotEquals", reader), readerOfA, "allow"],
    [
      "two issuers' keys under one StringEquals match nobody",
      both("StringEquals", { [`${A}:sub`]: reader, [`${B}:sub`]: reader }),
      readerOfA,
      "deny",
    ],
    ["IfExists: matches", subOfB("StringEqualsIfExists", writer), readerOfA, "allow"],
    ["IfExists compares a key that is there", sub("StringEqualsIfExists", writer), readerOfA, "deny"],
    ["IfExists of two issuers: A's reader", both("StringEqualsIfExists", eachItsOwn), readerOfA, "allow"],
    ["… B's writer", both("StringEqualsIfExists", eachItsOwn), cases.writerOfB, "allow"],
    ["… not B's reader", both("StringEqualsIfExists", eachItsOwn), cases.readerOfB, "deny"],
    [
      "IfExists with an issuer's key forgotten is OPEN for that issuer",
      both("StringEqualsIfExists", { [`${A}:sub`]: reader }),
      cases.writerOfB,
      "allow",
    ],
    [
      "IfExists with a misspelt key (https://) is OPEN",
      when({ StringEqualsIfExists: { [`https://${A}:sub`]: reader } }),
      cases.writerOfA,
      "allow",
    ],
    [
      "a misspelt key under StringEquals is closed",
      when({ StringEquals: { [`https://${A}:sub`]: reader } }),
      readerOfA,
      "deny",
    ],
    ["IfExists with an empty list, and the key is there", sub("StringEqualsIfExists", []), readerOfA, "deny"],
    [
      "a claim that AWS does not map is no key",
      when({ StringEqualsIfExists: { [`${A}:kubernetes.io`]: "x" } }),
      readerOfA,
      "allow",
    ],
  ],
  "Condition operator to check existence of condition keys": [
    ["false: must be there, and is", sub("Null", "false"), readerOfA, "allow"],
    ["false: must be there, and is not", subOfB("Null", "false"), readerOfA, "deny"],
    ["true: must not be there, and is not", subOfB("Null", "true"), readerOfA, "allow"],
    ["true: must not be there, and is", sub("Null", "true"), readerOfA, "deny"],
    ["the value may be a JSON boolean", sub("Null", true), readerOfA, "deny"],
    ["a Deny of issuers that are not listed", [allow(), denyWithout(B)], readerOfA, "deny"],
    ["… does not touch one that is listed", [allow(), denyWithout(A, B)], readerOfA, "allow"],
  ],
  "Single-valued vs. multivalued context keys": [
    ["ForAnyValue: one matches", amr("ForAnyValue:StringEquals", "mfa"), withMethods("pwd", "mfa"), "allow"],
    ["ForAnyValue: none matches", amr("ForAnyValue:StringEquals", "mfa"), withMethods("pwd"), "deny"],
    ["ForAnyValue: no key", amr("ForAnyValue:StringEquals", "mfa"), readerOfA, "deny"],
    ["ForAnyValue: an empty key", amr("ForAnyValue:StringEquals", "mfa"), withMethods(), "deny"],
    ["ForAnyValue, negated: no key", amr("ForAnyValue:StringNotEquals", "mfa"), readerOfA, "deny"],
    [
      "ForAnyValue, negated: one is not listed",
      amr("ForAnyValue:StringNotEquals", "mfa"),
      withMethods("pwd", "mfa"),
      "allow",
    ],
    [
      "ForAllValues: each is listed",
      amr("ForAllValues:StringEquals", ["pwd", "mfa"]),
      withMethods("mfa"),
      "allow",
    ],
    ["ForAllValues: one is not", amr("ForAllValues:StringEquals", "mfa"), withMethods("pwd", "mfa"), "deny"],
    ["ForAllValues: no key to contradict", subOfB("ForAllValues:StringEquals", reader), readerOfA, "allow"],
    // What a multivalued key does without a set operator is not documented, so it does nothing.
    ["no set operator", amr("StringEquals", "pwd"), withMethods("pwd", "mfa"), "deny"],
  ],
  "Available keys for AWS web identity federation": [
    ["sts:RoleSessionName", when({ StringEquals: { "sts:RoleSessionName": "session" } }), readerOfA, "allow"],
    ["… another", when({ StringLike: { "sts:RoleSessionName": "prod-*" } }), readerOfA, "deny"],
    [
      "azp counts as aud, and aud is oaud",
      when({ StringEquals: { [`${A}:aud`]: "app", [`${A}:oaud`]: "sts.amazonaws.com" } }),
      caller({ audience: "app", originalAudience: "sts.amazonaws.com" }),
      "allow",
    ],
    [
      "email",
      when({ StringEquals: { [`${A}:email`]: "a@example.org" } }),
      caller({ email: "a@example.org" }),
      "allow",
    ],
  ],
};
