import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { MultiClusterIrsa, type TrustPolicy } from "../../index";
import { assumeWithWebIdentity } from "../../lab/aws/clients";
import { changesOf, stepOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { newIssuerId } from "../../lab/kubernetes/clusters";
import { requestToken } from "../../lab/kubernetes/tokens";
import type { LabAccount, LabAws } from "../../lab/types";
import { federatedOf } from "../support/statements";
import { describeEngine, outputsOf, type Scope } from "./lab";
import { allProviderArns, attachedPolicies, roleInIam, serviceAccountsIn, TYPE } from "./support";

const S3_READ = "arn:aws-cn:iam::aws:policy/AmazonS3ReadOnlyAccess";

describeEngine("engine: a role in the partition aws-cn", (newScope) => {
  let scope: Scope;
  let china: LabAccount;
  let there: { aws: LabAws };
  let issuers: { beijing: string; ireland: string };
  let stack: EngineStack;
  let preview: OperationResult;
  let up: OperationResult;

  const arnOf = (issuerUrl: string) =>
    `arn:aws-cn:iam::${china.accountId}:oidc-provider/${issuerUrl.replace("https://", "")}`;

  const program = () => {
    const { accessKeyId: accessKey, secretAccessKey: secretKey } = china;
    const provider = new aws.Provider("china", { region: "cn-north-1", accessKey, secretKey });
    const { ireland, "virginia-blue": blue } = scope.clusters;
    const args = {
      clusters: [{ name: "beijing", issuerUrl: issuers.beijing, kubeconfig: blue.kubeconfig }, ireland],
      serviceAccounts: [{ namespace: scope.namespace, name: "reader" }],
      policyArns: { s3Read: S3_READ },
    };
    return Promise.resolve(outputsOf(new MultiClusterIrsa("app", args, { provider })));
  };

  before(async () => {
    scope = await newScope({ pods: true });
    const { aws: own } = scope.lab;
    china = own.otherAccounts.find(({ partition }) => partition === "aws-cn")!;
    there = { aws: { ...own, ...china } };
    issuers = {
      beijing: `https://oidc.eks.cn-north-1.amazonaws.com.cn/id/${newIssuerId()}`,
      ireland: scope.clusters.ireland.issuerUrl,
    };
    stack = await scope.open(program);
    preview = await stack.preview();
    up = await stack.up();
  });

  // IAM's clients ask in us-east-1, which is another partition's: what is asked here is signed for China.
  const inChina = <T>(ask: (lab: { aws: LabAws }, region: string) => Promise<T>) => ask(there, china.region);

  it("has the ARNs of that partition in the first preview already, and IAM gives the same", async () => {
    const arns = [arnOf(issuers.beijing), arnOf(issuers.ireland)];
    const shown = String(stepOf(preview, { type: TYPE.role }).newInputs?.assumeRolePolicy);
    assert.deepEqual((JSON.parse(shown) as TrustPolicy).Statement.map(federatedOf), arns);
    assert.equal(up.outputs.trustPolicyJson, shown);
    assert.deepEqual(up.outputs.oidcProviderArns, { beijing: arns[0], ireland: arns[1] });
    assert.deepEqual((await inChina(allProviderArns)).sort(), [...arns].sort());
    const role = await inChina((lab, region) => roleInIam(lab, String(up.outputs.roleName), region));
    assert.deepEqual(JSON.parse(role!.trustPolicy), JSON.parse(shown));
    assert.equal(role!.Arn, up.outputs.roleArn);
  });

  it("has the policies of that partition", async () => {
    const name = String(up.outputs.roleName);
    assert.deepEqual(await inChina((lab, region) => attachedPolicies(lab, name, region)), [S3_READ]);
  });

  it("makes nothing in the partition of the lab's own account", async () => {
    const arns = await allProviderArns(scope.lab);
    assert.ok(!arns.some((arn) => Object.values(issuers).some((issuer) => arn.endsWith(issuer.slice(8)))));
    assert.equal(await roleInIam(scope.lab, String(up.outputs.roleName)), undefined);
  });

  it("is given to a token that was made for sts.amazonaws.com, as everywhere", async () => {
    const { lab, namespace } = scope;
    const ireland = lab.clusters.find(({ name }) => name === "ireland")!;
    const { reader } = await serviceAccountsIn(ireland, namespace);
    const roleArn = reader?.metadata?.annotations?.["eks.amazonaws.com/role-arn"];
    assert.equal(roleArn, up.outputs.roleArn);
    const assume = async (audience: string) => {
      const token = await requestToken(ireland, namespace, "reader", { audience });
      const result = await assumeWithWebIdentity(lab.aws, { roleArn: roleArn!, token, sessionName: "pod" });
      return result.ok ? result.assumedRoleArn : `${result.code}: ${result.message}`;
    };
    const session = `arn:aws-cn:sts::${china.accountId}:assumed-role/${String(up.outputs.roleName)}/pod`;
    assert.equal(await assume("sts.amazonaws.com"), session);
    assert.equal(await assume("sts.amazonaws.com.cn"), "InvalidIdentityToken: Incorrect token audience");
  });

  it("leaves nothing to do for a second run", async () => {
    assert.deepEqual(changesOf(await stack.preview()), []);
  });
});
