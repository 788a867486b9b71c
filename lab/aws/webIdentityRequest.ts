import { AwsError, refuseViolations, violation, type QueryParameters, type Violation } from "./query";

/** A well-formed call of AssumeRoleWithWebIdentity. */
export interface WebIdentityRequest {
  roleArn: string;
  partition: string;
  accountId: string;
  roleSessionName: string;
  token: string;
  durationSeconds: number;
}

const sessionNamePattern = "[\\w+=,.@-]*";
const roleArn = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[!-~]+\/)?[\w+=,.@-]{1,64}$/;

/** Checks the parameters as STS does before it looks at anything else (botocore's sts service model has the bounds). */
export function readWebIdentityRequest(parameters: QueryParameters): WebIdentityRequest {
  const arn = parameters.get("RoleArn");
  const session = parameters.get("RoleSessionName");
  const token = parameters.get("WebIdentityToken");
  const duration = parameters.get("DurationSeconds") ?? "3600";
  refuseViolations([
    ...lengthViolations("roleArn", arn, 20, 2048),
    ...lengthViolations("roleSessionName", session, 2, 64),
    ...patternViolations(session),
    // AWS never shows a token in a message.
    ...lengthViolations("webIdentityToken", token, 4, 20_000, ""),
    ...durationViolations(duration),
  ]);
  refuseWhatIsNotOffered(parameters);
  const [, partition, accountId] = roleArn.exec(arn ?? "") ?? [];
  if (arn === undefined || session === undefined || token === undefined || !partition || !accountId) {
    throw new AwsError("ValidationError", "Request ARN is invalid");
  }
  return {
    roleArn: arn,
    partition,
    accountId,
    roleSessionName: session,
    token,
    durationSeconds: Number(duration),
  };
}

function lengthViolations(
  name: string,
  value: string | undefined,
  least: number,
  most: number,
  shown = `'${value ?? ""}'`,
): Violation[] {
  if (value === undefined) return [violation("null", name, "not be null")];
  if (value.length < least) return [violation(shown, name, `have length greater than or equal to ${least}`)];
  if (value.length > most) return [violation(shown, name, `have length less than or equal to ${most}`)];
  return [];
}

function patternViolations(session: string | undefined): Violation[] {
  if (session === undefined || new RegExp(`^${sessionNamePattern}$`).test(session)) return [];
  return [
    violation(`'${session}'`, "roleSessionName", `satisfy regular expression pattern: ${sessionNamePattern}`),
  ];
}

function durationViolations(duration: string): Violation[] {
  const shown = `'${duration}'`;
  if (!/^\d{1,9}$/.test(duration)) throw new AwsError("MalformedInput", "");
  if (Number(duration) < 900)
    return [violation(shown, "durationSeconds", "have value greater than or equal to 900")];
  if (Number(duration) > 43_200)
    return [violation(shown, "durationSeconds", "have value less than or equal to 43200")];
  return [];
}

/** A session policy that moto then ignored would give more than was asked for. */
function refuseWhatIsNotOffered(parameters: QueryParameters): void {
  const known = ["Action", "Version", "RoleArn", "RoleSessionName", "WebIdentityToken", "DurationSeconds"];
  const other = parameters.names().find((name) => !known.includes(name));
  if (other !== undefined) throw new AwsError("NotImplemented", `The lab's STS does not know ${other}.`, 501);
}
