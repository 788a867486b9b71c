import {
  CreateClusterCommand,
  DescribePodIdentityAssociationCommand,
  type EKSClient,
} from "@aws-sdk/client-eks";
import * as aws from "@pulumi/aws";
import assert from "node:assert/strict";
import { changesOf, completedOps, stepOf } from "../../../lab/engine/journal";
import { UNKNOWN } from "../../../lab/engine/workspace";
import { account, allow, PATIENCE_MS, unique, withStack } from "./awsLab";

const ASSOCIATION = { type: "aws:eks/podIdentityAssociation:PodIdentityAssociation" };
const PODS = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "pods.eks.amazonaws.com" },
      Action: ["sts:AssumeRole", "sts:TagSession"],
    },
  ],
});

async function newCluster(): Promise<{ eks: EKSClient; clusterName: string }> {
  const { eks } = await account();
  const clusterName = `cluster-${unique()}`;
  const roleArn = "arn:aws:iam::123456789012:role/cluster";
  await eks.send(new CreateClusterCommand({ name: clusterName, roleArn, resourcesVpcConfig: {} }));
  return { eks, clusterName };
}

/** What the program makes: of another role of its own, a session policy, an import. */
interface Current {
  trust: string;
  policy?: string;
  existingRole?: string;
  options?: { import: string; retainOnDelete: boolean };
}

/** A role that pods may take on, and an association of it for `apps/reader`. */
function associationProgram(clusterName: string) {
  const current: Current = { trust: PODS };
  const program = () => {
    const { policy, existingRole, trust } = current;
    const roleArn = existingRole ?? new aws.iam.Role("pods", { assumeRolePolicy: trust }).arn;
    const association = new aws.eks.PodIdentityAssociation(
      "association",
      {
        clusterName,
        namespace: "apps",
        serviceAccount: "reader",
        roleArn,
        ...(policy !== undefined && { policy, disableSessionTags: true }),
      },
      current.options,
    );
    return Promise.resolve({
      id: association.id,
      arn: association.associationArn,
      region: association.region,
      roleArn,
    });
  };
  return { current, program };
}

describe("the AWS stand-in: Pod Identity in the engine", function () {
  this.timeout(PATIENCE_MS);

  it("associates, changes in place, sees what is gone, and takes away", async () => {
    const { eks, clusterName } = await newCluster();
    const { current, program } = associationProgram(clusterName);
    const describe = async (associationId: string) =>
      eks.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId }));
    let last = "";
    await withStack(program, async (stack) => {
      const preview = stepOf(await stack.preview(), ASSOCIATION);
      assert.equal(preview.newOutputs?.associationId, UNKNOWN);
      assert.deepEqual(
        [preview.newOutputs.disableSessionTags, preview.newOutputs.region],
        [false, "us-east-1"],
      );
      const { outputs } = await stack.up();
      const id = String(outputs.id);
      assert.match(id, /^a-\w{17}$/);
      assert.equal(outputs.region, "us-east-1");
      assert.match(String(outputs.arn), new RegExp(`podidentityassociation/${clusterName}/${id}$`));
      assert.deepEqual(changesOf(await stack.preview()), []);

      current.policy = allow("s3:GetObject");
      assert.deepEqual(completedOps(await stack.up()), ["update association"]);
      assert.equal((await describe(id)).association?.policy, current.policy);
      await stack.refresh();
      assert.deepEqual(changesOf(await stack.preview()), []);
      last = id;
    });
    await assert.rejects(describe(last), { name: "ResourceNotFoundException" });
  });

  it("is refused with its id where it is there already, and imported by it", async () => {
    const { clusterName } = await newCluster();
    const { current, program } = associationProgram(clusterName);
    await withStack(program, async (first) => {
      const { outputs } = await first.up();
      const id = String(outputs.id);
      current.existingRole = String(outputs.roleArn);
      await withStack(program, async (second) => {
        await assert.rejects(
          second.up(),
          new RegExp(
            "creating EKS Pod Identity Association: operation error EKS: CreatePodIdentityAssociation, " +
              "https response error StatusCode: 409, RequestID: \\S+, " +
              `ResourceInUseException: Association already exists: ${id}`,
          ),
        );
        current.options = { import: `${clusterName},${id}`, retainOnDelete: true };
        const up = await second.up();
        assert.equal(completedOps(up).includes("import association"), true);
        assert.equal(up.outputs.id, id);
        assert.deepEqual(changesOf(await second.preview()), []);
      });
    });
  });

  it("is refused at once where the role does not trust pods", async () => {
    const { clusterName } = await newCluster();
    const { current, program } = associationProgram(clusterName);
    current.trust = PODS.replace("pods.eks", "ec2");
    await withStack(program, async (stack) => {
      await assert.rejects(stack.up(), /Trust policy of the role provided is invalid/);
    });
  });

  it("installs the agent, and takes it away", async () => {
    const { clusterName } = await newCluster();
    const program = () => {
      const agent = new aws.eks.Addon("agent", { clusterName, addonName: "eks-pod-identity-agent" });
      return Promise.resolve({ id: agent.id, version: agent.addonVersion, arn: agent.arn });
    };
    await withStack(program, async (stack) => {
      const { outputs } = await stack.up();
      assert.equal(outputs.id, `${clusterName}:eks-pod-identity-agent`);
      assert.match(String(outputs.version), /^v1\./);
      await stack.refresh();
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });
});
