import assert from "node:assert/strict";
import { DeletePodIdentityAssociationCommand, ResourceInUseException } from "@aws-sdk/client-eks";
import { ApiException } from "@kubernetes/client-node";
import { eksClient } from "../../lab/aws/clients";
import { clusterOf, type Who } from "../../lab/demo/fleet";
import { findPod, makeIdlePod } from "../../lab/demo/pods";
import { byPodIdentity, byToken, type Role } from "../../lab/demo/ways";
import { clusterApi } from "../../lab/kubernetes/client";
import type { LabDescription } from "../../lab/types";
import { IdentityMode } from "../../trust/types";
import { associate } from "../lab/aws/podIdentity";
import { makeNamespace } from "./lab";
import type { Pair } from "./mixedFleet";

/** What AWS says to those whom the trust policy does not admit. */
const REFUSALS: Record<Pair["way"], string> = {
  [IdentityMode.Irsa]: "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
  [IdentityMode.PodIdentity]:
    "AccessDeniedException: Unauthorized Exception! EKS does not have permissions to assume the associated role.",
};

/** An exchange by either way, and what must be there beside the role for it. */
export class EachWay {
  readonly #made: { clusterName: string; region: string; associationId: string }[] = [];

  constructor(
    private readonly lab: LabDescription,
    private readonly role: Role,
  ) {}

  /** Sees to it that there are the ServiceAccount, a pod of it, and an association: nothing but the trust policy is left to decide. */
  async prepare(who: Who): Promise<void> {
    const { namespace, serviceAccount: name } = who;
    const cluster = clusterOf(this.lab, who);
    await unlessThere(makeNamespace(cluster, namespace));
    const account = { namespace, body: { metadata: { name } } };
    await unlessThere(clusterApi(cluster).core.createNamespacedServiceAccount(account));
    if (!(await findPod(cluster, who))) await makeIdlePod(cluster, { namespace, name });
    await this.#associate(who);
  }

  /** What AWS answers: `allow`, `deny` where the trust policy refuses, or the text of any other answer. */
  async answer({ way, ...who }: Pair): Promise<string> {
    const { lab, role } = this;
    const by = way === IdentityMode.Irsa ? byToken(lab, role, "both") : byPodIdentity(lab);
    const answer = await by.ask(who, await by.token(who));
    if (answer.ok) {
      return answer.assumedRoleArn.includes(`:assumed-role/${role.name}/`) ? "allow" : answer.assumedRoleArn;
    }
    const said = `${answer.code}: ${answer.message}`;
    return said === REFUSALS[way] ? "deny" : said;
  }

  /** Takes the associations away that were made here. */
  async cleanUp(): Promise<void> {
    for (const { region, clusterName, associationId } of this.#made.splice(0)) {
      const command = new DeletePodIdentityAssociationCommand({ clusterName, associationId });
      await eksClient(this.lab.aws, region).send(command);
    }
  }

  async #associate(who: Who): Promise<void> {
    const { name: clusterName, region } = clusterOf(this.lab, who);
    const { namespace, serviceAccount } = who;
    const wanted = { clusterName, namespace, serviceAccount, roleArn: this.role.arn };
    try {
      const { associationId } = await associate(eksClient(this.lab.aws, region), wanted);
      assert.ok(associationId);
      this.#made.push({ clusterName, region, associationId });
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error;
    }
  }
}

async function unlessThere(made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!(error instanceof ApiException && error.code === 409)) throw error;
  }
}
