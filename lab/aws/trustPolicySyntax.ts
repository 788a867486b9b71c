import { findDuplicateKey } from "./jsonKeys";
import { refusePrincipal } from "./principalSyntax";
import { AwsError, refuseViolations, violation } from "./query";

/*
 * What IAM checks of a trust policy before it stores it. moto checks nothing in CreateRole, and little in
 * UpdateAssumeRolePolicy. The messages are AWS's, as users have reported them (terraform-provider-aws, pulumi-eks, aws-cdk:
 * packages/aws-cdk-lib/aws-iam/test/role.test.ts for "STAR", aws-cfn-lint#3751 for "Syntax errors in policy."); what IAM
 * says of rarer faults is not known for certain, that it refuses them is.
 */

/** Most characters IAM takes as a policy document at all (botocore's iam service model). */
const longestDocument = 131_072;

const conditionOperators = new Set([
  ...["String", "Numeric", "Date", "Arn"].flatMap((type) => [`${type}Equals`, `${type}NotEquals`]),
  ...["StringLike", "StringNotLike", "ArnLike", "ArnNotLike"],
  ...["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
  ...["Numeric", "Date"].flatMap((type) =>
    ["LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"].map((comparison) => type + comparison),
  ),
  ...["Bool", "BinaryEquals", "IpAddress", "NotIpAddress"],
]);

const statementElements = new Set(["Sid", "Effect", "Principal", "Action", "NotAction", "Condition"]);

/**
 * Refuses a trust policy as IAM does.
 *
 * @param parameter the API parameter it came in, for the message about its length
 * @param quota the account's limit of non-whitespace characters
 */
export function refuseMalformedTrustPolicy(document: string, parameter: string, quota: number): void {
  if (document.length > longestDocument) {
    refuseViolations([violation("", parameter, `have length less than or equal to ${longestDocument}`)]);
  }
  if (!/^[\t\n\r\u0020-\u00FF]*$/.test(document)) {
    throw new AwsError(
      "ValidationError",
      `The specified value for ${parameter} is invalid. It must contain only printable ASCII characters.`,
    );
  }
  const policy = parse(document);
  for (const statement of statementsOf(policy)) refuseStatement(statement);
  refuseRepeatedIds(policy);
  if (document.replace(/\s/g, "").length > quota) {
    throw new AwsError("LimitExceeded", `Cannot exceed quota for ACLSizePerRole: ${quota}`, 409);
  }
}

function parse(document: string): Record<string, unknown> {
  let policy: unknown;
  try {
    policy = JSON.parse(document);
  } catch {
    throw malformed("This policy contains invalid Json");
  }
  if (!isObject(policy)) throw malformed("This policy contains invalid Json");
  const duplicate = findDuplicateKey(document);
  if (duplicate) {
    const isOperator = duplicate.path.at(-1) === "Condition";
    throw malformed(
      isOperator ? `Duplicate condition element: ${duplicate.key}` : "Syntax errors in policy.",
    );
  }
  return policy;
}

function statementsOf(policy: Record<string, unknown>): Record<string, unknown>[] {
  const { Version: version, Statement: written } = policy;
  if (Object.keys(policy).some((element) => !["Version", "Id", "Statement"].includes(element)))
    throw syntax();
  if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17") {
    throw malformed("The policy must contain a valid version string");
  }
  if (written === undefined) throw malformed("Missing required field Statement");
  const statements: unknown[] = Array.isArray(written) ? written : [written];
  if (statements.length === 0) throw malformed("Could not parse the policy: Statement is empty!");
  if (!statements.every(isObject)) throw syntax();
  return statements;
}

function refuseStatement(statement: Record<string, unknown>): void {
  if ("Resource" in statement) throw malformed("Has prohibited field Resource");
  if ("NotResource" in statement) throw malformed("AssumeRole policy must not contain resources.");
  refuseEffect(statement["Effect"]);
  if ("NotPrincipal" in statement) {
    throw malformed(
      statement["Effect"] === "Allow"
        ? "Allow with NotPrincipal is not allowed."
        : "AssumeRole policy must not contain NotPrincipal field.",
    );
  }
  if (Object.keys(statement).some((element) => !statementElements.has(element))) throw syntax();
  if (statement["Sid"] !== undefined && typeof statement["Sid"] !== "string") throw syntax();
  refusePrincipal(statement["Principal"]);
  refuseActions(statement);
  refuseCondition(statement["Condition"]);
}

function refuseEffect(effect: unknown): void {
  if (effect === undefined) throw malformed("Missing required field Effect");
  if (effect === "Allow" || effect === "Deny") return;
  throw typeof effect === "string" ? malformed(`Invalid effect: ${effect}`) : syntax();
}

function refuseActions({ Action: actions, NotAction: notActions }: Record<string, unknown>): void {
  if (actions !== undefined && notActions !== undefined) throw syntax();
  const written = actions ?? notActions;
  if (written === undefined) throw malformed("Missing required field Action");
  const names: unknown[] = Array.isArray(written) ? written : [written];
  if (names.length === 0) throw malformed("Policy statement must contain actions.");
  for (const name of names) {
    if (typeof name !== "string") throw syntax();
    if (!/^sts:[\w*?]+$/i.test(name)) {
      throw malformed("AssumeRole policy may only specify STS AssumeRole actions.");
    }
  }
}

function refuseCondition(condition: unknown): void {
  if (condition === undefined) return;
  if (!isObject(condition)) throw syntax();
  for (const [operator, block] of Object.entries(condition)) {
    const name = operator.replace(/^(ForAllValues|ForAnyValue):/, "").replace(/IfExists$/, "");
    if (operator !== "Null" && !conditionOperators.has(name)) throw syntax();
    if (!isObject(block) || !Object.values(block).every(isConditionValue)) throw syntax();
  }
}

function isConditionValue(value: unknown): boolean {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.every((item) => ["string", "boolean", "number"].includes(typeof item));
}

function refuseRepeatedIds(policy: Record<string, unknown>): void {
  const ids = statementsOf(policy).flatMap(({ Sid: id }) => (id === undefined ? [] : [id]));
  if (new Set(ids).size < ids.length) throw malformed("The Statement Ids in the policy are not unique");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function syntax(): AwsError {
  return malformed("Syntax errors in policy.");
}

function malformed(message: string): AwsError {
  return new AwsError("MalformedPolicyDocument", message);
}
