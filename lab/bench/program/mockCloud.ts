import type { Mocks, MockResourceArgs, MockResourceResult } from "@pulumi/pulumi/runtime/mocks";
import { ACCOUNT } from "../fleet/fleet";

type State = Record<string, unknown>;

/** An AWS and Kubernetes that has all that it is asked for at once, and keeps nothing of it. */
export const MOCKS: Mocks = { newResource: created, call: callerIdentity };

function created({ name, type, inputs }: MockResourceArgs): MockResourceResult {
  return { id: `${name}-id`, state: { ...(inputs as State), ...madeUp(type, name, inputs as State) } };
}

/** The outputs that are no inputs, of those types of which a program reads them. */
function madeUp(type: string, name: string, { url }: State): State {
  switch (type) {
    case "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
      return { arn: `arn:aws:iam::${ACCOUNT}:oidc-provider/${String(url).replace("https://", "")}` };
    case "aws:iam/role:Role":
      return { name: `${name}-1a2b3c4`, arn: `arn:aws:iam::${ACCOUNT}:role/${name}-1a2b3c4` };
    case "aws:eks/podIdentityAssociation:PodIdentityAssociation":
      return { associationId: `a-${name.replaceAll("/", "-")}` };
    default:
      return {};
  }
}

function callerIdentity(): State {
  const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/deployer/ci`;
  return { accountId: ACCOUNT, arn, id: ACCOUNT, userId: "AROAEXAMPLE:ci" };
}
