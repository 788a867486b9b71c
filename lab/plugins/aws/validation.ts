import type { PropertyValue } from "../shared/server";
import type { Property } from "./schema";

type Problems = NonNullable<Property["problems"]>;

// The wording is terraform-plugin-sdk's (helper/validation/strings.go, int.go) and internal/verify/validate.go's.

/** A string of so many characters. */
export function lengthBetween(terraformName: string, minimum: number, maximum: number): Problems {
  return ofString((value) =>
    value.length >= minimum && value.length <= maximum
      ? []
      : [`expected length of ${terraformName} to be in the range (${minimum} - ${maximum}), got ${value}`],
  );
}

/** A number in a range. */
export function numberBetween(terraformName: string, minimum: number, maximum: number): Problems {
  return (value) =>
    typeof value !== "number" || (value >= minimum && value <= maximum)
      ? []
      : [`expected ${terraformName} to be in the range (${minimum} - ${maximum}), got ${value}`];
}

/** The name of an IAM entity: validResourceName in internal/service/iam/validate.go. */
export function iamName(terraformName: string, maximum: number): Problems {
  const length = lengthBetween(terraformName, 1, maximum);
  return ofString((value) => [
    ...length(value),
    ...(/^[\w+=,.@-]*$/.test(value) ? [] : [`invalid value for ${terraformName} (must match [\\w+=,.@-])`]),
  ]);
}

/** An ARN: verify.ValidARN. */
export function arn(terraformName: string): Problems {
  return ofString((value) => {
    const [prefix, partition, service, , account, ...resource] = value.split(":");
    if (value === "") return [];
    const invalid = (reason: string) => [`"${terraformName}" (${value}) is an invalid ARN: ${reason}`];
    if (prefix !== "arn") return invalid("arn: invalid prefix");
    if (resource.length === 0) return invalid("arn: not enough sections");
    if (!/^aws(-[a-z]+)*$/.test(partition ?? "")) return invalid("invalid partition value");
    if (service === "") return invalid("missing service value");
    if (!/^(|aws|aws-managed|third-party|\d{12}|cw.{10})$/.test(account ?? "")) {
      return invalid("invalid account ID value (expecting to match regular expression: ^\\d{12}$)");
    }
    return resource.join(":") === "" ? invalid("missing resource value") : [];
  });
}

/** A policy document: verify.ValidIAMPolicyJSON. */
export function policyDocument(terraformName: string): Problems {
  return ofString((value) => {
    if (value === "") return [`"${terraformName}" is an empty string, which is not a valid JSON value`];
    if (/^\s/.test(value)) {
      return [`"${terraformName}" contains an invalid JSON policy: leading space characters are not allowed`];
    }
    if (!value.startsWith("{"))
      return [`"${terraformName}" contains an invalid JSON policy: not a JSON object`];
    try {
      JSON.parse(value);
      return [];
    } catch (error) {
      return [`"${terraformName}" contains an invalid JSON policy: ${String(error)}`];
    }
  });
}

/** The same rule for each member of a list. */
export function eachOf(problems: (terraformName: string) => Problems, terraformName: string): Problems {
  return (value) =>
    Array.isArray(value) ? value.flatMap((item, index) => problems(`${terraformName}.${index}`)(item)) : [];
}

function ofString(problems: (value: string) => string[]): Problems {
  return (value: PropertyValue) => (typeof value === "string" ? problems(value) : []);
}
