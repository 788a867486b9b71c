import {
  CreateAddonCommand,
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  type EKSClient,
} from "@aws-sdk/client-eks";
import { CreateRoleCommand, type IAMClient } from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { eksClient, iamClient } from "../../../lab/aws/clients";
import type { Pod } from "../../../lab/node/objects";
import { TestNode } from "./nodeFixture";

const SERVICE_ACCOUNT = "app";
const associated = /^arn:aws:sts::\d+:assumed-role\/associated\/eks-ireland-/;
const annotated = /^arn:aws:sts::\d+:assumed-role\/app\//;

/** The AWS CLI asks the agent three times before it gives up. */
const whoAmI = ["sh", "-c", "aws sts get-caller-identity --query Arn --output text 2>&1"];

describe("a pod with an EKS Pod Identity on a node of the lab", function () {
  this.timeout(180_000);
  let node: TestNode;
  let eks: EKSClient;
  let iam: IAMClient;
  let associationId: string | undefined;

  before(async () => {
    node = await TestNode.start();
    eks = eksClient(node.lab.aws, node.cluster.region);
    iam = iamClient(node.lab.aws);
    await node.api("POST", "/api/v1/namespaces/default/serviceaccounts", {
      metadata: {
        name: SERVICE_ACCOUNT,
        annotations: { "eks.amazonaws.com/role-arn": await node.createIrsaRole() },
      },
    });
    associationId = await associate();
  });

  after(async () => {
    (iam as IAMClient | undefined)?.destroy();
    (eks as EKSClient | undefined)?.destroy();
    await (node as TestNode | undefined)?.stop();
  });

  async function associate(): Promise<string | undefined> {
    const { Role: role } = await iam.send(
      new CreateRoleCommand({
        RoleName: "associated",
        AssumeRolePolicyDocument: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Allow",
              Principal: { Service: "pods.eks.amazonaws.com" },
              Action: ["sts:AssumeRole", "sts:TagSession"],
              Condition: {
                StringEquals: {
                  "aws:RequestTag/kubernetes-namespace": "default",
                  "aws:RequestTag/kubernetes-service-account": SERVICE_ACCOUNT,
                },
              },
            },
          ],
        }),
      }),
    );
    const { association } = await eks.send(
      new CreatePodIdentityAssociationCommand({
        clusterName: node.cluster.name,
        namespace: "default",
        serviceAccount: SERVICE_ACCOUNT,
        roleArn: role?.Arn,
      }),
    );
    return association?.associationId;
  }

  const isRunning = (pod: Pod) => pod.status?.phase === "Running";
  const variables = (pod: Pod) => pod.spec.containers[0]?.env?.map(({ name }) => name) ?? [];

  async function start(name: string): Promise<Pod> {
    await node.shell(name, "sleep 1000", {}, { serviceAccountName: SERVICE_ACCOUNT });
    return node.until(name, isRunning);
  }

  const identityOf = async (pod: string) => (await node.exec(pod, whoAmI)).stdout;

  it("has the agent's address and a token, and nothing of the role in the annotation", async () => {
    const pod = await start("first");
    assert.ok(!variables(pod).includes("AWS_ROLE_ARN"), variables(pod).join());
    const uri = pod.spec.containers[0]?.env?.find(
      ({ name }) => name === "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    );
    assert.equal(uri?.value, node.cluster.podIdentityUri);
  });

  it("gets nothing, not even its node's role, where the agent is not installed", async () => {
    assert.match(await identityOf("first"), /Error when retrieving credentials from container-role/);
  });

  it("gets its association's role where the agent is installed", async () => {
    await eks.send(
      new CreateAddonCommand({ clusterName: node.cluster.name, addonName: "eks-pod-identity-agent" }),
    );
    assert.match(await identityOf("first"), associated);
  });

  it("goes on with it when the association is gone, while a new pod has the annotated role", async () => {
    await eks.send(
      new DeletePodIdentityAssociationCommand({ clusterName: node.cluster.name, associationId }),
    );
    assert.match(await identityOf("first"), associated);
    assert.ok(variables(await start("second")).includes("AWS_ROLE_ARN"));
    assert.match(await identityOf("second"), annotated);
  });
});
