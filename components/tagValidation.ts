import type * as pulumi from "@pulumi/pulumi";
import { isPlain, problem, type Problem } from "./problems";

const MOST_TAGS = 50;
const LONGEST_KEY = 128;
const LONGEST_VALUE = 256;
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/**
 * Faults of tags: what IAM and EKS would refuse, IAM after other resources were made.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
 */
export function tagProblems(tags: { [key: string]: pulumi.Input<string> } | undefined): Problem[] {
  const entries = Object.entries(tags ?? {});
  const many = {
    propertyPath: "tags",
    reason: `are ${entries.length}: a resource has at most ${MOST_TAGS}`,
  };
  return [
    ...(entries.length > MOST_TAGS ? [many] : []),
    ...entries.flatMap(([key, value]) => {
      const reason = keyProblem(key) ?? (isPlain(value) ? valueProblem(value) : undefined);
      return problem(`tags[${JSON.stringify(key)}]`, reason);
    }),
  ];
}

function keyProblem(key: string): string | undefined {
  if (/^aws:/i.test(key)) {
    return 'begins with "aws:", which AWS keeps for itself: write another key';
  }
  return key !== "" && key.length <= LONGEST_KEY && TEXT.test(key)
    ? undefined
    : `is not a tag's key: 1 to ${LONGEST_KEY} letters, digits, spaces and _ . : / = + - @`;
}

function valueProblem(value: string): string | undefined {
  return value.length <= LONGEST_VALUE && TEXT.test(value)
    ? undefined
    : `has a value that no tag takes: at most ${LONGEST_VALUE} letters, digits, spaces and _ . : / = + - @`;
}
