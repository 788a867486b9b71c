import { getOpenIdConnectProvider } from "@pulumi/aws/iam/getOpenIdConnectProvider";
import * as pulumi from "@pulumi/pulumi";
import { STS_AUDIENCE } from "../trust/types";
import { resourceHook, sharedHook } from "./hooks";
import { lateProblems, type Problem } from "./problems";

/** An OIDC provider that is about to be created. */
export interface Creation {
  /** The component as the user wrote it, for errors. */
  what: string;
  /** Property path of the cluster in its arguments, with a dot at its end, or nothing. */
  path: string;
  /** By which it is looked up in the role's account. */
  parent: pulumi.Resource;
  /** The computed ARN, once it is known. */
  arn?: string;
}

/**
 * Has the engine look, before it creates a provider, whether the account has one for the issuer: the preview tells it then, and
 * the error names what to do. Undefined where the engine has no hooks: IAM refuses the second one by itself.
 */
export function refuseExisting(name: string, creation: Creation): pulumi.ResourceHookBinding | undefined {
  const watcher = { what: creation.what, component: creation.parent };
  const refusing = sharedHook<Creation, pulumi.ResourceHook>(watcher, "existing", (hookName, creationOf) =>
    resourceHook(hookName, ({ name: of }) => refuseIfExisting(creationOf(of)), { onDryRun: true }),
  );
  const hook = refusing(name, creation);
  return hook && { beforeCreate: [hook] };
}

/** @throws Error when the account has the provider that is about to be created. */
export async function refuseIfExisting({ what, path, parent, arn }: Creation): Promise<void> {
  if (arn === undefined) {
    return;
  }
  // Whoever may not look is told by IAM, and so is he who is overtaken.
  const found = await getOpenIdConnectProvider({ arn }, { parent }).catch(() => undefined);
  if (found !== undefined) {
    const names =
      path === "" ? "the option aliases" : `${path}formerNames, or the option aliases of the component`;
    const reason =
      `has an OIDC provider in this account already. Made by another stack or tool: adopt ${arn} by ${path}oidcProviderArn, or take it over by ` +
      `importOidcProvider: true beside it. Made by this stack under a former name: give that name by ${names}, and nothing else, since the ` +
      "provider would be deleted under its former name";
    throw lateProblems(what, [{ propertyPath: `${path}issuerUrl`, reason }], parent);
  }
}

/** Says why a provider that is to be taken over cannot be, or undefined. */
export async function takeoverProblem(arn: string, parent: pulumi.Resource): Promise<string | undefined> {
  try {
    const { clientIdLists } = await getOpenIdConnectProvider({ arn }, { parent });
    return clientIdLists.length === 1 && clientIdLists[0] === STS_AUDIENCE
      ? undefined
      : `is to be taken over and has the client IDs ${JSON.stringify(clientIdLists)}: the others would be taken away from it. Leave it exactly ` +
          `["${STS_AUDIENCE}"] first, or adopt it, without importOidcProvider`;
  } catch (error) {
    return `is to be taken over and cannot be looked up (${arn}): ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Says what is wrong with the client IDs that IAM has for an adopted provider. */
export function adoptedClientIdProblems(
  { arn, path }: { arn: string; path: string },
  inIam: string[],
  said: string[] | undefined,
): Problem[] {
  if (!inIam.includes(STS_AUDIENCE)) {
    const command = `aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn ${arn} --client-id ${STS_AUDIENCE}`;
    const reason = `names a provider with the client IDs ${JSON.stringify(inIam)}, so that STS takes no token of this cluster: add ${STS_AUDIENCE} (${command})`;
    return [{ propertyPath: `${path}oidcProviderArn`, reason }];
  }
  const sorted = (ids: string[]) => JSON.stringify([...new Set(ids)].sort());
  return said === undefined || sorted(said) === sorted(inIam)
    ? []
    : [
        {
          propertyPath: `${path}oidcProviderClientIds`,
          reason: `is ${JSON.stringify(said)}, and the provider has ${JSON.stringify(inIam)}: write what it has`,
        },
      ];
}
