import fc from "fast-check";
import { MARKS } from "./specials";

/** Names that every object has already, or that JavaScript gives a meaning. */
const STRANGE_NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "length",
  "then",
  "",
];

/** Texts that are no good anywhere, or only look like something. */
const STRANGE_TEXTS = [
  "",
  " ",
  "*",
  "?",
  "**",
  "*:*",
  "${aws:username}",
  "${*}",
  "$",
  "\u0000",
  "\n",
  "\r\n",
  "\u202e",
  "\ud800",
  "é",
  "e\u0301",
  "𝒜",
  "ﬀ",
  "K",
  ":",
  "/",
  "//",
  "..",
  "-",
  ".",
  "true",
  "null",
  "[object Object]",
  "sts.amazonaws.com",
  "vault",
  "system:serviceaccount:a:b",
  "system:serviceaccount:*:*",
  "system:serviceaccount:a:b:c",
  "arn:aws:iam::123456789012:root",
  "arn:aws:iam::123456789012:role/admin",
  "arn:aws:iam::123456789012:oidc-provider/example.com/id/A",
  "https://oidc.eks.us-east-1.amazonaws.com/id/",
  "sts:AssumeRoleWithWebIdentity",
  "sts:*",
  ...STRANGE_NAMES,
];

export const wildText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...STRANGE_TEXTS),
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: fc.constantFrom("a", "-", ".", "*", "?", ":", "/", "$", "{", "}", "\t"), maxLength: 40 }),
  fc
    .tuple(fc.constantFrom("a", "-", ".", "a.", "*", "*a", "?"), fc.nat(3_000))
    .map(([text, times]) => text.repeat(times)),
);

export const wildName = fc.oneof(fc.constantFrom(...STRANGE_NAMES), wildText);

const scalar: fc.Arbitrary<unknown> = fc.oneof(
  wildText,
  fc.constantFrom(null, undefined, true, false, 0, -0, -1, 1.5, 2048, 1e308, NaN, Infinity, 10n),
  fc.constantFrom(...MARKS),
);

/** Anything: every type, by itself or in lists and objects. */
export const wildValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(wildName, scalar, { maxKeys: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom([[]], [{}], {}, [], new Date(0), new Map([["a", "b"]])) },
);
