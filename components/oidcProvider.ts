import { OpenIdConnectProvider } from "@pulumi/aws/iam/openIdConnectProvider";
import * as pulumi from "@pulumi/pulumi";
import { adoptionProblem, issuerProblem, oidcProviderArn, parseIssuer } from "../trust/issuer";
import { STS_AUDIENCE } from "../trust/types";
import { adoptedClientIdProblems, refuseExisting, takeoverProblem, type Creation } from "./existingProvider";
import { checkedInput, isPlain, lateProblems } from "./problems";
import { providerOwners, type ComputedProvider, type ProviderOwner } from "./providerOwners";
import { accountProblem, confirmedArn, type RoleAccount } from "./roleAccount";
import type { IrsaCluster } from "./types";

/** What of a cluster its OIDC provider is made of. */
export type ClusterOfProvider = Pick<
  IrsaCluster,
  "issuerUrl" | "oidcProviderArn" | "oidcProviderClientIds" | "importOidcProvider" | "thumbprints"
>;

/** A provider that was created, taken over or adopted. */
export interface MadeOidcProvider {
  /** The issuer, once nothing was found wrong with it. */
  issuerUrl: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  /** For `dependsOn`. An adopted one is read only. */
  resource: OpenIdConnectProvider;
}

/** Where a provider is made, and for whom. */
export interface ProviderContext {
  /** The component as the user wrote it, for errors. */
  what: string;
  /** Property path of the cluster in its arguments, with a dot at its end, or nothing. */
  path: string;
  parent: pulumi.Resource;
  account: pulumi.Output<RoleAccount>;
  tags?: { [key: string]: pulumi.Input<string> };
  /** What the resource was called before. */
  formerNames?: string[];
  /** Says whether the issuer is another cluster's already; asked once, when the issuer is known. */
  claim?: (issuerUrl: string) => string | undefined;
}

/** Creates a cluster's provider, takes it over, or adopts the one that is given. */
export function oidcProvider(
  name: string,
  cluster: ClusterOfProvider,
  context: ProviderContext,
): MadeOidcProvider {
  const issuerUrl = checkedIssuer(cluster, context);
  return cluster.oidcProviderArn === undefined || cluster.importOidcProvider === true
    ? ownProvider(name, cluster, issuerUrl, context)
    : adoptedProvider(name, cluster, issuerUrl, context);
}

/** The cluster's issuer, once nothing was found wrong with it. */
export function checkedIssuer(
  { issuerUrl }: Pick<IrsaCluster, "issuerUrl">,
  { what, path, parent, claim }: Pick<ProviderContext, "what" | "path" | "parent" | "claim">,
): pulumi.Output<string> {
  const propertyPath = `${path}issuerUrl`;
  return checkedInput(issuerUrl, (url) => issuerProblem(url) ?? claim?.(url), {
    what,
    propertyPath,
    resource: parent,
  });
}

function ownProvider(
  name: string,
  cluster: ClusterOfProvider,
  issuerUrl: pulumi.Output<string>,
  context: ProviderContext,
): MadeOidcProvider {
  const { parent, account, tags, formerNames = [] } = context;
  // One apply in the other is half as many Outputs as `all`; the issuer comes first, for its fault is to be heard of at once.
  const computed = issuerUrl.apply((url) =>
    account.apply((where): ComputedProvider => ({ url, arn: oidcProviderArn(parseIssuer(url), where) })),
  );
  const arn = computed.apply((known) => known.arn);
  const owner: ProviderOwner = { what: context.what, propertyPath: `${context.path}issuerUrl`, arn };
  const owners = providerOwners();
  const claimed = owners.claim(cluster.issuerUrl, computed, owner, parent);
  const { oidcProviderArn: existing } = cluster;
  const { url, options } = isPlain(existing)
    ? takenOver(
        existing,
        claimed.apply(({ url: issuer }) => issuer),
        context,
      )
    : newlyMade(name, claimed, context);
  const resource = new OpenIdConnectProvider(
    name,
    {
      url,
      clientIdLists: [STS_AUDIENCE],
      ...(cluster.thumbprints && { thumbprintLists: cluster.thumbprints }),
      ...(tags && { tags }),
    },
    { ...options, parent, aliases: formerNames.map((former) => ({ name: former })) },
  );
  owner.resource = resource;
  return { issuerUrl, arn: confirmedArn(arn, resource.arn, resource), resource };
}

interface Making {
  url: pulumi.Output<string>;
  options: pulumi.CustomResourceOptions;
}

/** A provider that is made, unless the account has it already. */
function newlyMade(
  name: string,
  computed: pulumi.Output<ComputedProvider>,
  { what, path, parent }: ProviderContext,
): Making {
  const creation: Creation = { what, path, parent };
  const url = computed.apply((known) => {
    creation.arn = known.arn;
    return known.url;
  });
  const hooks = refuseExisting(name, creation);
  return { url, options: hooks ? { hooks } : {} };
}

/** A provider that is taken over once it was seen to be fit for it. Whatever differs stays as it is until that is done. */
function takenOver(existing: string, issuerUrl: pulumi.Output<string>, context: ProviderContext): Making {
  const { what, path, parent } = context;
  const given = checkedAdoption(existing, issuerUrl, context);
  const url = pulumi.all([given, issuerUrl]).apply(async ([arn, known]) => {
    const reason = await takeoverProblem(arn, parent);
    if (reason !== undefined) {
      throw lateProblems(what, [{ propertyPath: `${path}oidcProviderArn`, reason }], parent);
    }
    return known;
  });
  return { url, options: { import: existing, ignoreChanges: ["tags", "tagsAll", "thumbprintLists"] } };
}

/**
 * Reads the provider into the state under the name that one made here would have. So one that WAS made here leaves this stack's
 * ownership and stays: without the read the engine would delete it, and the role with it would trust nobody.
 */
function adoptedProvider(
  name: string,
  cluster: ClusterOfProvider,
  issuerUrl: pulumi.Output<string>,
  context: ProviderContext,
): MadeOidcProvider {
  const { what, path, parent, formerNames = [] } = context;
  const given = checkedAdoption(cluster.oidcProviderArn ?? "", issuerUrl, context);
  const { id, owned } = providerOwners().idOf(given, issuerUrl);
  const read = (as: string) => OpenIdConnectProvider.get(as, id, undefined, { parent });
  const resource = read(name);
  // Reads have no aliases: what was made under a former name leaves our ownership under that name.
  for (const former of formerNames) read(former);
  const checked = pulumi.all([given, resource.clientIdLists]).apply(([arn, inIam]) => {
    const problems = adoptedClientIdProblems({ arn, path }, inIam, cluster.oidcProviderClientIds);
    if (problems.length > 0) throw lateProblems(what, problems, parent);
    return arn;
  });
  // A preview may come before the program's own provider exists; its ARN is known all the same.
  const arn = owned.apply((here) => (here && pulumi.runtime.isDryRun() ? given : checked));
  return { issuerUrl, arn, resource };
}

function checkedAdoption(
  given: pulumi.Input<string>,
  issuerUrl: pulumi.Output<string>,
  { what, path, parent, account }: ProviderContext,
): pulumi.Output<string> {
  return pulumi.all([given, issuerUrl, account]).apply(([arn, issuer, where]) => {
    const reason = adoptionProblem(arn, issuer) ?? accountProblem(arn, where);
    if (reason !== undefined) {
      throw lateProblems(what, [{ propertyPath: `${path}oidcProviderArn`, reason }], parent);
    }
    return arn;
  });
}
