import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  ListUserPoliciesCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { RbacAuthorizationV1Api, type V1ClusterRole } from "@kubernetes/client-node";
import { parseAllDocuments } from "yaml";
import { iamClient } from "../../lab/aws/clients";
import { clusterApi } from "../../lab/kubernetes/client";
import { adminToken } from "../../lab/kubernetes/kubeconfig";
import { requestToken } from "../../lab/kubernetes/tokens";
import type { Lab } from "../../lab/supervisor/client";
import type { LabCluster } from "../../lab/types";
import { clusterRolesOnPage, type IdentityPolicy, type PolicyStatement } from "../docs/permissions";

/** A user of IAM who deploys. */
export interface Deployer {
  accessKeyId: string;
  secretAccessKey: string;
  /** Replaces what he may do. */
  allow: (statements: PolicyStatement[]) => Promise<void>;
  remove: () => Promise<void>;
}

/** Makes a user who may do nothing yet. */
export async function makeDeployer({ aws }: Pick<Lab, "aws">, UserName: string): Promise<Deployer> {
  const iam = iamClient(aws);
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId = "", SecretAccessKey = "" } = AccessKey ?? {};
  const PolicyName = "deployer";
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    async allow(statements) {
      const document: IdentityPolicy = { Version: "2012-10-17", Statement: statements };
      const PolicyDocument = JSON.stringify(document);
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument }));
    },
    async remove() {
      const { PolicyNames = [] } = await iam.send(new ListUserPoliciesCommand({ UserName }));
      for (const one of PolicyNames) {
        await iam.send(new DeleteUserPolicyCommand({ UserName, PolicyName: one }));
      }
      await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }));
      await iam.send(new DeleteUserCommand({ UserName }));
      iam.destroy();
    },
  };
}

/**
 * What moto can enforce of statements: their actions. It knows the resource of a call only where the role exists, and no
 * conditions. What the front judges by itself, EKS's own calls and iam:PassRole, stays as it is.
 */
export function enforceable(statements: PolicyStatement[]): PolicyStatement[] {
  return statements.map((statement) => {
    const { Condition: _, ...rest } = statement;
    const isMotos = [statement.Action]
      .flat()
      .every((one) => /^(iam:(?!PassRole)|eks:DescribeCluster$)/.test(one));
    return isMotos ? { ...rest, Resource: "*" } : statement;
  });
}

/**
 * A kubeconfig of somebody who has the page's cluster roles: the second one, for namespaces, everywhere, and the first one in one
 * namespace, or everywhere. He is a ServiceAccount of that namespace.
 */
export async function deployerKubeconfig(
  cluster: LabCluster,
  namespace: string,
  everywhere: boolean,
): Promise<string> {
  const { core, config } = clusterApi(cluster);
  const rbac = config.makeApiClient(RbacAuthorizationV1Api);
  const subject = { kind: "ServiceAccount", name: "deployer", namespace };
  await core.createNamespacedServiceAccount({ namespace, body: { metadata: { name: subject.name } } });
  for (const [index, document] of parseAllDocuments(clusterRolesOnPage()).entries()) {
    const { rules } = document.toJS() as V1ClusterRole;
    const name = `${namespace}-${index}`;
    await rbac.createClusterRole({ body: { metadata: { name }, rules } });
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name };
    const body = { metadata: { name }, subjects: [subject], roleRef };
    await (everywhere || index > 0
      ? rbac.createClusterRoleBinding({ body })
      : rbac.createNamespacedRoleBinding({ namespace, body }));
  }
  const token = await requestToken(cluster, namespace, subject.name, { audience: cluster.issuerUrl });
  return cluster.kubeconfig.replace(adminToken(cluster), token);
}
