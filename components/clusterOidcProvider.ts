import { OpenIdConnectProvider } from "@pulumi/aws/iam/openIdConnectProvider";
import * as pulumi from "@pulumi/pulumi";
import { adoptionProblem, issuerProblem, oidcProviderArn, parseIssuer } from "../trust/issuer";
import { STS_AUDIENCE } from "../trust/types";
import { checkedInput, isPlain, lateProblems, throwProblems, type Problem } from "./problems";
import { accountProblem, confirmedArn, roleAccount, type RoleAccount } from "./roleAccount";
import { thumbprintProblems } from "./validation";

/** Arguments of {@link ClusterOidcProvider}. */
export interface ClusterOidcProviderArgs {
  /** The cluster's OIDC issuer URL, byte for byte: `https://oidc.eks.<region>.amazonaws.com/id/<id>`. */
  issuerUrl: pulumi.Input<string>;
  /** ARN of a provider that exists for this issuer, to adopt: used, never changed or deleted. Default: create one. */
  oidcProviderArn?: pulumi.Input<string>;
  /** SHA-1 thumbprints; only for issuers whose certificate no public CA signed. Default: none. */
  thumbprints?: string[];
  /** Tags of the provider that is created. */
  tags?: { [key: string]: pulumi.Input<string> };
}

/**
 * The IAM OIDC provider of one cluster: created with exactly the client ID `sts.amazonaws.com`, or adopted.
 *
 * @example
 * const provider = new ClusterOidcProvider("east", { issuerUrl });
 * @throws InputPropertiesError naming every fault of the arguments.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
 */
export class ClusterOidcProvider extends pulumi.ComponentResource {
  /** ARN of the provider: computed, so that a preview shows it; a created provider's real one is compared with it. */
  public readonly arn: pulumi.Output<string>;
  /** The issuer URL. */
  public readonly issuerUrl: pulumi.Output<string>;

  constructor(name: string, args: ClusterOidcProviderArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `ClusterOidcProvider "${name}"`;
    throwProblems(what, providerProblems(args));
    super("eks-irsa:index:ClusterOidcProvider", name, plainOf(args), opts);
    const account = roleAccount(this);
    const made = oidcProvider(name, args, account, { what, path: "", parent: this, tags: args.tags });
    // An adopted provider of another account would be found out only by the role that comes to use it.
    this.arn = pulumi.all([made.arn, account]).apply(([arn, where]) => {
      const reason = accountProblem(arn, where);
      if (reason !== undefined) {
        throw lateProblems(what, [{ propertyPath: "oidcProviderArn", reason }], this);
      }
      return arn;
    });
    this.issuerUrl = pulumi.output(args.issuerUrl);
    this.registerOutputs({ arn: this.arn, issuerUrl: this.issuerUrl });
  }
}

/** A provider that was created or adopted. */
export interface MadeOidcProvider {
  /** The issuer, once nothing was found wrong with it. */
  issuerUrl: pulumi.Output<string>;
  arn: pulumi.Output<string>;
  /** The resource, for `dependsOn`; undefined when the provider was adopted. */
  resource?: OpenIdConnectProvider;
}

/** Creates a cluster's provider under `parent`, or adopts the one that is given. */
export function oidcProvider(
  name: string,
  cluster: Pick<ClusterOidcProviderArgs, "issuerUrl" | "oidcProviderArn" | "thumbprints">,
  account: pulumi.Output<RoleAccount>,
  context: {
    /** The component as the user wrote it, for errors. */
    what: string;
    /** Property path of the cluster in its arguments, with a dot at its end, or nothing. */
    path: string;
    parent: pulumi.Resource;
    tags?: { [key: string]: pulumi.Input<string> };
    aliases?: pulumi.Alias[];
    /** Says whether the issuer is another cluster's already; asked once, when the issuer is known. */
    claim?: (issuerUrl: string) => string | undefined;
  },
): MadeOidcProvider {
  const { what, path, parent } = context;
  const issuerUrl = checkedInput(cluster.issuerUrl, (url) => issuerProblem(url) ?? context.claim?.(url), {
    what,
    propertyPath: `${path}issuerUrl`,
    resource: parent,
  });
  if (cluster.oidcProviderArn !== undefined) {
    return {
      issuerUrl,
      arn: adoptedArn(cluster.oidcProviderArn, issuerUrl, `${path}oidcProviderArn`, what, parent),
    };
  }
  const resource = new OpenIdConnectProvider(
    name,
    {
      url: issuerUrl,
      clientIdLists: [STS_AUDIENCE],
      ...(cluster.thumbprints && { thumbprintLists: cluster.thumbprints }),
      ...(context.tags && { tags: context.tags }),
    },
    { parent, ...(context.aliases && { aliases: context.aliases }) },
  );
  const computed = pulumi
    .all([account, issuerUrl])
    .apply(([where, url]) => oidcProviderArn(parseIssuer(url), where));
  return { issuerUrl, arn: confirmedArn(computed, resource.arn, resource), resource };
}

function adoptedArn(
  given: pulumi.Input<string>,
  issuerUrl: pulumi.Output<string>,
  propertyPath: string,
  what: string,
  resource: pulumi.Resource,
): pulumi.Output<string> {
  return pulumi.all([given, issuerUrl]).apply(([arn, issuer]) => {
    const reason = adoptionProblem(arn, issuer);
    if (reason !== undefined) {
      throw lateProblems(what, [{ propertyPath, reason }], resource);
    }
    return arn;
  });
}

function providerProblems(args: ClusterOidcProviderArgs): Problem[] {
  const { issuerUrl, oidcProviderArn: adopted } = args;
  // A program in JavaScript may well leave it out.
  const missing = (issuerUrl as unknown) === undefined;
  const issuer = missing ? issuerProblem("") : isPlain(issuerUrl) ? issuerProblem(issuerUrl) : undefined;
  const adoption = isPlain(adopted) && isPlain(issuerUrl) ? adoptionProblem(adopted, issuerUrl) : undefined;
  const found: [string, string | undefined][] = [
    ["issuerUrl", issuer],
    ["oidcProviderArn", adoption],
    ...thumbprintProblems(args).map((reason): [string, string] => ["thumbprints", reason]),
  ];
  return found.flatMap(([propertyPath, reason]) => (reason === undefined ? [] : [{ propertyPath, reason }]));
}

/** What is recorded in state as the component's inputs. */
function plainOf(args: ClusterOidcProviderArgs): pulumi.Inputs {
  return isPlain(args.issuerUrl) ? { issuerUrl: args.issuerUrl } : {};
}
