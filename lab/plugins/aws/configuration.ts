import { isProperties, type Properties, type PropertyValue } from "../shared/server";

/** The services that the stand-in calls, by their keys in the provider's `endpoints`. */
export const SERVICES = ["iam", "sts", "s3", "eks"] as const;
export type Service = (typeof SERVICES)[number];

/** Keys for AWS calls. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** A role to take on before anything else. */
export interface AssumeRole {
  roleArn: string;
  sessionName: string;
  externalId?: string;
}

/** How the AWS account is reached. */
export interface Configuration {
  region: string;
  credentials: Credentials;
  endpoints: Record<Service, string>;
  assumeRoles: AssumeRole[];
  skipCredentialsValidation: boolean;
}

type Environment = Record<string, string | undefined>;

/**
 * Reads the provider's configuration, and what it leaves out from the environment, as the real plugin does
 * (pulumi-aws provider/config.go: validateCredentials; terraform-provider-aws internal/conns/config.go).
 * Shared configuration files are never looked at: on this machine they would be somebody's real account.
 */
export function readConfiguration(raw: Properties, environment: Environment): Configuration {
  const config = decodeConfiguration(raw);
  const setting = (key: string, ...variables: string[]): string | undefined =>
    textOf(config[key]) ?? variables.map((name) => environment[name]).find((value) => value);

  const endpoints = readEndpoints(config, environment);
  const region = setting("region", "AWS_REGION", "AWS_DEFAULT_REGION");
  if (region === undefined) {
    throw new Error("No region: set aws:region, the provider's `region`, or AWS_REGION");
  }
  if (setting("profile", "AWS_PROFILE") !== undefined) {
    throw new Error(refusal("reads no profile; give it accessKey and secretKey, or AWS_ACCESS_KEY_ID"));
  }
  const accessKeyId = setting("accessKey", "AWS_ACCESS_KEY_ID");
  const secretAccessKey = setting("secretKey", "AWS_SECRET_ACCESS_KEY");
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    throw new Error("No valid credential sources found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
  }
  const sessionToken = setting("token", "AWS_SESSION_TOKEN");
  const skip = config.skipCredentialsValidation ?? environment.AWS_SKIP_CREDENTIALS_VALIDATION;
  return {
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
    endpoints,
    assumeRoles: readAssumeRoles(config.assumeRoles),
    skipCredentialsValidation: skip === true || skip === "true",
  };
}

/** Nested configuration arrives as JSON text: the protocol's configuration is flat. */
export function decodeConfiguration(raw: Properties): Properties {
  return Object.fromEntries(
    Object.entries(raw).map(([key, value]) => [
      key,
      typeof value === "string" && /^\s*[[{]/.test(value) ? (JSON.parse(value) as PropertyValue) : value,
    ]),
  );
}

// Order of precedence: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
function readEndpoints(config: Properties, environment: Environment): Record<Service, string> {
  const configured = (Array.isArray(config.endpoints) ? config.endpoints : []).filter(isProperties);
  const endpoint = (service: Service): string => {
    const url =
      configured.map((entry) => textOf(entry[service])).find((value) => value !== undefined) ??
      (environment[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] || environment.AWS_ENDPOINT_URL);
    if (!url) {
      throw new Error(refusal(`has no endpoint for ${service}: set AWS_ENDPOINT_URL to the lab's address`));
    }
    if (!isLoopback(url)) throw new Error(refusal(`does not call ${url}: it is not on this machine`));
    return url;
  };
  return { iam: endpoint("iam"), sts: endpoint("sts"), s3: endpoint("s3"), eks: endpoint("eks") };
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return /^https?:$/.test(protocol) && /^(127(\.\d{1,3}){3}|\[::1\]|localhost)$/.test(hostname);
}

function readAssumeRoles(value: PropertyValue | undefined): AssumeRole[] {
  return (Array.isArray(value) ? value : []).filter(isProperties).map((role) => {
    const roleArn = textOf(role.roleArn);
    if (roleArn === undefined) throw new Error("assumeRoles: an entry has no roleArn");
    const externalId = textOf(role.externalId);
    return { roleArn, sessionName: textOf(role.sessionName) ?? "pulumi", ...(externalId && { externalId }) };
  });
}

function textOf(value: PropertyValue | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function refusal(reason: string): string {
  return `The lab's stand-in for AWS ${reason}. It never touches a real account; LAB_PLUGINS=real uses the real plugin.`;
}
