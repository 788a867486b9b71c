import * as rpc from "@pulumi/pulumi/runtime/rpc";
import type { MockCallArgs, MockResourceArgs } from "@pulumi/pulumi/runtime/mocks";

export const ACCOUNT = "123456789012";

/** How the mocked AWS and Kubernetes differ from the usual. */
export interface MockCloud {
  /** Account and partition of the caller. Default: 123456789012 in `aws`. */
  account?: { accountId: string; partition: string };
  /** Account of every explicit aws provider. Default: as `account`. */
  providerAccount?: string;
  /** Invokes that are expected besides getCallerIdentity, by token. */
  invokes?: Record<string, (inputs: Record<string, unknown>) => Record<string, unknown>>;
  /** Types that are expected besides the package's own, with the outputs they get, which may depend on the name. */
  types?: Record<string, State | ((name: string) => State)>;
  /** ServiceAccounts that exist, by id, such as `default/s3-reader`, with their outputs. Default: none. */
  existing?: Record<string, State>;
  /** The real ARN of an OIDC provider, by its URL. Default: as IAM makes it. */
  arnOf?: (url: string) => string;
  /** The external ID that EKS gives every association. Default: as it is computed for `default/s3-reader` of EKS cluster `prod-blue`. */
  externalId?: string;
  /** Client IDs of an OIDC provider that exists, by its ARN; undefined: it does not exist. Default: exactly STS. */
  clientIdsOf?: (arn: string) => string[] | undefined;
}

type State = Record<string, unknown>;

/** Outputs of each type that the package makes; anything else is an error. */
function stateOf(args: MockResourceArgs, cloud: MockCloud): State {
  const inputs = args.inputs as State;
  const { partition, accountId } = whoAmI(cloud, args.provider);
  const iam = `arn:${partition}:iam::${accountId}`;
  switch (args.type) {
    case "eks-irsa:index:MultiClusterIrsa":
    case "eks-irsa:index:IrsaRole":
    case "eks-irsa:index:ClusterOidcProvider":
    case "eks-irsa:index:FleetOidcProviders":
    case "eks-irsa:index:IrsaServiceAccount":
      return {};
    case "pulumi:providers:kubernetes":
    case "pulumi:providers:aws":
    case "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
    case "aws:iam/rolePolicy:RolePolicy":
    case "kubernetes:core/v1:NamespacePatch":
    case "kubernetes:core/v1:ServiceAccountPatch":
    case "kubernetes:batch/v1:Job":
    case "kubernetes:core/v1:Pod":
      return inputs;
    case "kubernetes:core/v1:ServiceAccount": {
      const found = isRead(args) ? cloud.existing?.[args.id ?? ""] : inputs;
      if (found === undefined) throw refusal(`resource '${args.id ?? ""}' does not exist`);
      return found;
    }
    case "aws:iam/openIdConnectProvider:OpenIdConnectProvider": {
      if (isRead(args)) return existingProvider(args.id ?? "", cloud);
      const url = String(inputs.url);
      return { ...inputs, arn: cloud.arnOf?.(url) ?? `${iam}:oidc-provider/${url.replace("https://", "")}` };
    }
    case "aws:eks/podIdentityAssociation:PodIdentityAssociation":
      return {
        ...inputs,
        associationId: `a-${args.name.replaceAll("/", "-")}`,
        externalId: cloud.externalId ?? "us-east-1/123456789012/prod-blue/default/s3-reader",
      };
    case "aws:eks/addon:Addon":
      return inputs;
    case "aws:iam/role:Role": {
      const { name, path } = inputs as { name?: string; path?: string };
      const called = name ?? `${args.name}-1a2b3c4`;
      return { ...inputs, name: called, arn: `${iam}:role${path ?? "/"}${called}` };
    }
    default: {
      const extra = cloud.types?.[args.type];
      if (!extra) {
        throw new Error(`a resource that no test expects: ${args.type} "${args.name}"`);
      }
      return { ...inputs, ...(typeof extra === "function" ? extra(args.name) : extra) };
    }
  }
}

/** Is it read, and not registered? */
function isRead({ id, inputs, custom }: MockResourceArgs): boolean {
  return custom === true && id !== undefined && id !== "" && (inputs as State).url === undefined;
}

function existingProvider(arn: string, { clientIdsOf = () => ["sts.amazonaws.com"] }: MockCloud): State {
  const clientIdLists = clientIdsOf(arn);
  if (clientIdLists === undefined) throw refusal(`resource '${arn}' does not exist`);
  return {
    arn,
    id: arn,
    clientIdLists,
    url: arn.replace(/^.*oidc-provider\//, ""),
    thumbprintLists: [],
    tags: {},
  };
}

function whoAmI({ account, providerAccount }: MockCloud, provider = "") {
  const own = account ?? { accountId: ACCOUNT, partition: "aws" };
  return provider !== "" && providerAccount !== undefined ? { ...own, accountId: providerAccount } : own;
}

/** What a resource gets from the mocked engine. A preview of something new knows neither id nor outputs. */
export function created(args: MockResourceArgs, cloud: MockCloud, preview: boolean) {
  // The engine does not read what has no id yet.
  if (args.id === rpc.unknownValue) return { id: args.id, state: {} };
  if (isRead(args)) return { id: args.id, state: stateOf(args, cloud) };
  const state = stateOf(args, cloud);
  return preview && args.custom ? { id: undefined, state: {} } : { id: `${args.name}-id`, state };
}

/** What an invoke gets. */
export function answer({ token, inputs, provider }: MockCallArgs, cloud: MockCloud): State {
  const { partition, accountId } = whoAmI(cloud, provider);
  if (token === "aws:index/getCallerIdentity:getCallerIdentity") {
    const arn = `arn:${partition}:sts::${accountId}:assumed-role/deployer/ci`;
    return { accountId, arn, id: accountId, userId: "AROAEXAMPLE:ci" };
  }
  if (token === "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider") {
    return existingProvider(String((inputs as State).arn), cloud);
  }
  const invoke = cloud.invokes?.[token];
  if (!invoke) {
    throw refusal(`an invoke that no test expects: ${token}`);
  }
  return invoke(inputs as State);
}

/** The SDK reads an invoke's error as gRPC gives it. */
function refusal(details: string): Error {
  return Object.assign(new Error(details), { details });
}
