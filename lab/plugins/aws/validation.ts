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

/** An ARN for Terraform's plugin framework: internal/framework/types/arn.go. */
export function frameworkArn(terraformName: string): Problems {
  return ofString((value) =>
    /^arn:(.*:){4}/s.test(value)
      ? []
      : [
          "Invalid ARN Value. The provided value cannot be parsed as an ARN.\n\n" +
            `Path: ${terraformName}\nValue: ${value}`,
        ],
  );
}

/** A document for Terraform's plugin framework: internal/framework/types/iam_policy.go. */
export function frameworkJson(terraformName: string): Problems {
  return ofString((value) => {
    try {
      JSON.parse(value);
      return [];
    } catch {
      return [
        "Invalid JSON String Value. " +
          "A string value was provided that is not valid JSON string format (RFC 7159).\n\n" +
          `Path: ${terraformName}\nGiven Value: ${value}\n`,
      ];
    }
  });
}

/** One of some words: validation.StringInSlice, which enum.Validate ends in as well. */
export function oneOf(terraformName: string, words: string[]): Problems {
  return ofString((value) => {
    const all = words.map((word) => JSON.stringify(word)).join(" ");
    return words.includes(value) ? [] : [`expected ${terraformName} to be one of [${all}], got ${value}`];
  });
}

/** Text that is not empty: validation.NoZeroValues. */
export function notEmpty(terraformName: string): Problems {
  return ofString((value) => (value === "" ? [`${terraformName} must not be empty, got ${value}`] : []));
}

/** The name of a cluster: validClusterName in internal/service/eks/validate.go. */
export function clusterName(terraformName: string): Problems {
  const pattern = "^[0-9A-Za-z][0-9A-Za-z_-]*$";
  return ofString((value) => [
    ...(value.length >= 1 && value.length <= 100
      ? []
      : [`"${terraformName}" length must be between 1-100 characters: ${JSON.stringify(value)}`]),
    ...(new RegExp(pattern).test(value)
      ? []
      : [`"${terraformName}" doesn't comply with restrictions ("${pattern}"): ${JSON.stringify(value)}`]),
  ]);
}

/** A version with a "v" before it; https://semver.org has the rest. */
export function semanticVersion(terraformName: string): Problems {
  const number = String.raw`(0|[1-9]\d*)`;
  const label = String.raw`(0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`;
  const build = String.raw`\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*`;
  const pattern = new RegExp(
    String.raw`^v${number}\.${number}\.${number}(-${label}(\.${label})*)?(${build})?$`,
  );
  return ofString((value) =>
    pattern.test(value) ? [] : [`invalid value for ${terraformName} (must follow semantic version format)`],
  );
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
