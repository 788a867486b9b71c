import { either, isOneOf, matchesOneOf, type Formula } from "./cases";
import { unknown } from "./read";
import { arnPattern, inAnyCase, pattern, type Term } from "./smt";

/** A condition operator, taken apart. */
export interface Operator {
  name: string;
  quantifier?: "ForAllValues" | "ForAnyValue";
  /** Without quantifier and IfExists. */
  base: string;
  ifExists: boolean;
  /** Holds where the positive one does not. */
  negated: boolean;
  /** How a value of the request is compared with those of the policy; undefined where no texts are compared. */
  compare?: Comparison;
}

type Comparison = (value: Term, texts: string[]) => Formula;

const COMPARISONS = new Map<string, Comparison>([
  ["StringEquals", isOneOf],
  ["StringEqualsIgnoreCase", (value, texts) => matchesOneOf(value, texts.map(inAnyCase))],
  ["StringLike", isLikeOneOf],
  // The two mean the same.
  ["ArnEquals", isArnLikeOneOf],
  ["ArnLike", isArnLikeOneOf],
]);
const OF_NUMBERS_AND_DATES = /^(Numeric|Date)(Equals|NotEquals|(LessThan|GreaterThan)(Equals)?)$/;
const OTHERS = /^(Bool|BinaryEquals|(Not)?IpAddress)$/;

/** Takes the name of an operator apart; undefined for one that AWS does not have. `Null` stands for itself. */
export function parseOperator(name: string): Operator | undefined {
  const [, quantifier, base = "", suffix] =
    /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(name) ?? [];
  const compare = COMPARISONS.get(base.replace("Not", ""));
  if (!compare && name !== "Null" && !OF_NUMBERS_AND_DATES.test(base) && !OTHERS.test(base)) {
    return undefined;
  }
  return {
    name,
    ...(quantifier === "ForAllValues" || quantifier === "ForAnyValue" ? { quantifier } : {}),
    base,
    ifExists: suffix !== undefined,
    negated: base.includes("Not"),
    ...(compare ? { compare } : {}),
  };
}

function isLikeOneOf(value: Term, texts: string[]): Formula {
  const hasWildcard = (text: string) => /[*?]/.test(text);
  return either(
    isOneOf(
      value,
      texts.filter((text) => !hasWildcard(text)),
    ),
    matchesOneOf(value, texts.filter(hasWildcard).map(pattern)),
  );
}

function isArnLikeOneOf(value: Term, texts: string[]): Formula {
  const short = texts.find((text) => text.split(":").length < 6);
  if (short !== undefined) {
    throw unknown(`what the ARN "${short}" stands for`);
  }
  return matchesOneOf(value, texts.map(arnPattern));
}
