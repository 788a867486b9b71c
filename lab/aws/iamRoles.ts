import { AwsError, refuseViolations, violation, type QueryParameters } from "./query";
import { refuseMalformedTrustPolicy } from "./trustPolicySyntax";

/*
 * The checks of IAM's role calls that moto leaves out (embedded-aws: it takes any trust policy, name, path and duration).
 * Bounds: botocore's iam service model; wording: as AWS users report it.
 */

/** Refuses what IAM would refuse in CreateRole. */
export function checkCreateRole(parameters: QueryParameters, quota: number): void {
  checkRoleName(parameters);
  checkPath(parameters.get("Path"));
  checkDescription(parameters.get("Description"));
  checkMaxSessionDuration(parameters.get("MaxSessionDuration"));
  checkTrustPolicy(parameters, "AssumeRolePolicyDocument", quota);
}

/** Refuses what IAM would refuse in UpdateRole. */
export function checkUpdateRole(parameters: QueryParameters): void {
  checkRoleName(parameters);
  checkDescription(parameters.get("Description"));
  checkMaxSessionDuration(parameters.get("MaxSessionDuration"));
}

/** Refuses what IAM would refuse in UpdateAssumeRolePolicy. */
export function checkUpdateAssumeRolePolicy(parameters: QueryParameters, quota: number): void {
  checkRoleName(parameters);
  checkTrustPolicy(parameters, "PolicyDocument", quota);
}

function checkTrustPolicy(parameters: QueryParameters, parameter: string, quota: number): void {
  const name = parameter.charAt(0).toLowerCase() + parameter.slice(1);
  const document = parameters.get(parameter);
  if (document === undefined) throw nullError(name);
  refuseMalformedTrustPolicy(document, name, quota);
}

function checkRoleName(parameters: QueryParameters): void {
  const name = parameters.get("RoleName");
  if (name === undefined) throw nullError("roleName");
  if (name.length > 64) refuseViolations([violation("", "roleName", "have length less than or equal to 64")]);
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw new AwsError(
      "ValidationError",
      "The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
    );
  }
}

function checkPath(path = "/"): void {
  if (path.length > 512) refuseViolations([violation("", "path", "have length less than or equal to 512")]);
  if (!/^\/([!-~]+\/)?$/.test(path)) {
    throw new AwsError(
      "ValidationError",
      "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters " +
        "and/or / characters.",
    );
  }
}

function checkDescription(description = ""): void {
  if (description.length > 1000) {
    refuseViolations([violation("", "description", "have length less than or equal to 1000")]);
  }
}

function checkMaxSessionDuration(duration = "3600"): void {
  const seconds = Number(duration);
  if (!/^\d{1,9}$/.test(duration)) throw new AwsError("MalformedInput", "");
  const must = "have value";
  if (seconds < 3600)
    refuseViolations([violation("", "maxSessionDuration", `${must} greater than or equal to 3600`)]);
  if (seconds > 43_200)
    refuseViolations([violation("", "maxSessionDuration", `${must} less than or equal to 43200`)]);
}

/** AWS's answer to a missing parameter. */
export function nullError(name: string): AwsError {
  return new AwsError(
    "ValidationError",
    `1 validation error detected: ${violation("", name, "not be null")}`,
  );
}
