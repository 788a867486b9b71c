import * as pulumi from "@pulumi/pulumi";
import { resourceError } from "./resourceError";

/** One fault in the arguments: where it is, and what is wrong with the remedy. */
export interface Problem {
  /** Such as `clusters[1].issuerUrl`. */
  propertyPath: string;
  /** Reads after the path: `is empty: …`. */
  reason: string;
}

/** The faults of a component's arguments, all at once. */
class ArgumentProblems extends pulumi.InputPropertiesError {
  /** Read by the Pulumi runtime as RunError's mark: the message is for the user, a stack would only bury it. */
  readonly __pulumiRunError = true;
}

/**
 * Throws one error that names every fault, if there is any.
 *
 * @param what the component, as the user wrote it: `MultiClusterIrsa "app"`.
 */
export function throwProblems(what: string, problems: Problem[]): void {
  if (problems.length > 0) {
    throw new ArgumentProblems({
      message: describeProblems(what, problems),
      errors: problems.map(({ propertyPath, reason }) => ({ propertyPath, reason })),
    });
  }
}

/** A fault that came to light in an Output: told of the resource, without a stack. */
export function lateProblems(what: string, problems: Problem[], resource: pulumi.Resource): Error {
  return resourceError(describeProblems(what, problems), resource);
}

function describeProblems(what: string, problems: Problem[]): string {
  const count = problems.length === 1 ? "one problem" : `${problems.length} problems`;
  const lines = problems.map(({ propertyPath, reason }) => `  - ${propertyPath} ${reason}`);
  return [`${what}: ${count} in its arguments`, ...lines].join("\n");
}

/** The fault at a path, or none: a list, to be spread. */
export function problem(propertyPath: string, reason: string | undefined): Problem[] {
  return reason === undefined ? [] : [{ propertyPath, reason }];
}

/**
 * The faults among the properties that were looked at.
 *
 * @param prefix what stands before each property, its dot included.
 */
export function problemsOf(found: [property: string, reason: string | undefined][], prefix = ""): Problem[] {
  return found.flatMap(([property, reason]) => problem(`${prefix}${property}`, reason));
}

/** Is this value there already, or does it arrive while the program runs? */
export function isPlain<T extends string | number | boolean>(value: pulumi.Input<T> | undefined): value is T {
  return value !== undefined && !pulumi.Output.isInstance(value) && !(value instanceof Promise);
}

/** What is wrong with an Output that has no value where there must be one. */
export const NOTHING =
  "arrived as nothing: the Output that is given has no value (a StackReference without that output, say)";

/**
 * Checks a value when it arrives, and gives it on only when nothing is wrong with it.
 *
 * @param check says what is wrong, or undefined. What it quotes of a secret is not told.
 */
export function checkedInput<T extends string | number>(
  value: pulumi.Input<T>,
  check: (value: T) => string | undefined,
  where: { what: string; propertyPath: string; resource: pulumi.Resource },
  kind: "string" | "number" = "string",
): pulumi.Output<T> {
  const late = pulumi.output(value as unknown) as pulumi.Output<unknown>;
  const checked = late.apply((arrived) => {
    const reason = kindProblem(arrived, kind) ?? check(arrived as T);
    if (reason === undefined) {
      return arrived;
    }
    return pulumi.isSecret(late).then((secret): never => {
      const told = secret ? withoutSecret(reason, String(arrived)) : reason;
      throw lateProblems(where.what, problem(where.propertyPath, told), where.resource);
    });
  });
  // An apply unwraps what its function gives back, which the compiler sees of a value or of a promise, and not of either.
  return checked as unknown as pulumi.Output<T>;
}

function kindProblem(arrived: unknown, kind: "string" | "number"): string | undefined {
  if (typeof arrived === kind) {
    return undefined;
  }
  if (arrived === undefined || arrived === null) {
    return NOTHING;
  }
  const found = Array.isArray(arrived) ? "a list" : typeof arrived;
  return `arrived as ${found}: write ${kind === "string" ? "text" : "a number"}`;
}

/** A secret may be of another kind altogether, such as a kubeconfig in the place of an ARN. */
function withoutSecret(reason: string, secret: string): string {
  const told = secret === "" ? reason : reason.replaceAll(secret, "[secret]");
  const quote = told.indexOf('"');
  return quote < 0 ? told : `${told.slice(0, quote)}[secret]`;
}

/** A problem for each value that stood before; `undefined` values are passed over. */
export function repeated(
  values: (string | undefined)[],
  paths: string[],
  reason: (value: string, firstPath: string) => string,
): Problem[] {
  const firsts = new Map<string, number>();
  return values.flatMap((value, index) => {
    if (value === undefined) return [];
    const first = firsts.get(value) ?? index;
    firsts.set(value, first);
    return first === index
      ? []
      : [{ propertyPath: paths[index] ?? "", reason: reason(value, paths[first] ?? "") }];
  });
}
