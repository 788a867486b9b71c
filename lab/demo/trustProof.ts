import { GetRoleCommand } from "@aws-sdk/client-iam";
import { iamClient } from "../aws/clients";
import { proveTrust, type Claim } from "../proof/prove";
import type { LabDescription } from "../types";
import { boundAccounts } from "./fleet";
import { takesAssociations, takesTokens, type DemoIdentity } from "./identity";
import type { ProofRow } from "./table";

/** The trust policy that IAM has, and everybody there could be: not those whom the demo tries. */
export async function proveTrustPolicy(
  lab: LabDescription,
  role: { name: string },
  identity: DemoIdentity,
): Promise<ProofRow> {
  const answer = await proof(lab, role.name, identity);
  return {
    who: "the stack",
    cluster: "all",
    tried: "prove the trust policy",
    expected: "nobody exists about whom trust policy and bindings differ",
    answer: answer.text,
    ok: answer.proved,
  };
}

async function proof(
  lab: LabDescription,
  RoleName: string,
  identity: DemoIdentity,
): Promise<{ proved: boolean; text: string }> {
  try {
    const { Role } = await iamClient(lab.aws).send(new GetRoleCommand({ RoleName }));
    return await proveTrust(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""), claimOf(lab, identity));
  } catch (error) {
    return { proved: false, text: error instanceof Error ? error.message : String(error) };
  }
}

/** Nothing is said of the providers' client IDs: the document must refuse other audiences by itself. */
function claimOf(lab: LabDescription, identity: DemoIdentity): Claim {
  const { accountId } = lab.aws;
  const tokens = takesTokens(identity);
  const associations = takesAssociations(identity);
  return {
    clusters: lab.clusters.map(({ name, region, issuerUrl }) => ({
      name,
      ...(tokens && {
        oidcProviderArn: `arn:aws:iam::${accountId}:oidc-provider/${issuerUrl.replace("https://", "")}`,
      }),
      ...(associations && {
        podIdentity: { clusterArn: `arn:aws:eks:${region}:${accountId}:cluster/${name}` },
      }),
    })),
    bindings: boundAccounts(lab).map(({ cluster, namespace, serviceAccount }) => ({
      cluster,
      namespace,
      name: serviceAccount,
    })),
  };
}
