import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { assumeWithWebIdentity, s3Client } from "../../lab/aws/clients";
import { changesOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { keyId } from "../../lab/kubernetes/keys";
import { forgeToken } from "../../lab/kubernetes/tokens";
import { describeEngine, irsaProgram, type Scope } from "./lab";
import { allProviderArns, providerArn, serviceAccountsIn } from "./support";

const REGION = "eu-west-1";
const DOCUMENTS = [".well-known/openid-configuration", "openid/v1/jwks"] as const;

/** The key that the API server of the lab's cluster `ireland` signs with: what a kOps cluster's would be. */
const signingKeyOf = ({ lab }: Scope) =>
  readFileSync(lab.clusters.find(({ name }) => name === "ireland")!.signingKeyPath, "utf8");

/** Publishes the issuer in a bucket that everybody may read, as kOps does. */
async function publish(scope: Scope, bucket: string, issuer: string): Promise<void> {
  const signingKey = signingKeyOf(scope);
  const jwk = createPublicKey(signingKey).export({ format: "jwk" });
  const contents = [
    {
      issuer,
      jwks_uri: `${issuer}/${DOCUMENTS[1]}`,
      authorization_endpoint: "urn:kubernetes:programmatic_authorization",
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    },
    { keys: [{ ...jwk, kid: keyId(signingKey), alg: "RS256", use: "sig" }] },
  ];
  const s3 = s3Client(scope.lab.aws, undefined, REGION);
  await s3.send(
    new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: { LocationConstraint: REGION } }),
  );
  for (const [index, Key] of DOCUMENTS.entries()) {
    const Body = JSON.stringify(contents[index]);
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body, ACL: "public-read" }));
  }
}

async function unpublish(scope: Scope, Bucket: string): Promise<void> {
  const s3 = s3Client(scope.lab.aws, undefined, REGION);
  for (const Key of DOCUMENTS) await s3.send(new DeleteObjectCommand({ Bucket, Key }));
  await s3.send(new DeleteBucketCommand({ Bucket }));
}

describeEngine("engine: clusters that EKS does not host", (newScope) => {
  let scope: Scope;
  let bucket: string;
  let issuers: { kops: string; kind: string; aks: string };
  let stack: EngineStack;
  let up: OperationResult;

  before(async () => {
    scope = await newScope();
    const { project, namespace, clusters } = scope;
    bucket = `${project}-oidc`;
    issuers = {
      kops: `https://${bucket}.s3.${REGION}.amazonaws.com`,
      kind: `https://oidc.example.com/${project}`,
      aks: `https://eastus.oic.prod-aks.azure.com/tenant/${project}/`,
    };
    await publish(scope, bucket, issuers.kops);
    const { ireland, "virginia-blue": blue, "virginia-green": green } = clusters;
    stack = await scope.open(
      irsaProgram({
        clusters: [
          { name: "kops", issuerUrl: issuers.kops, kubeconfig: ireland.kubeconfig },
          { name: "kind", issuerUrl: issuers.kind, kubeconfig: blue.kubeconfig },
          { name: "aks", issuerUrl: issuers.aks, kubeconfig: green.kubeconfig },
        ],
        serviceAccounts: [{ namespace, name: "reader" }],
      }),
    );
    up = await stack.up();
  });

  after(() => unpublish(scope, bucket));

  /** What STS says to a token of this issuer for this ServiceAccount, signed with the cluster's key. */
  async function answerTo(issuer: string, name = "reader"): Promise<string> {
    const subject = `system:serviceaccount:${scope.namespace}:${name}`;
    const token = forgeToken(signingKeyOf(scope), { issuer, subject });
    const call = { roleArn: String(up.outputs.roleArn), token, sessionName: "pod" };
    const result = await assumeWithWebIdentity(scope.lab.aws, call);
    return result.ok ? result.assumedRoleArn : `${result.code}: ${result.message}`;
  }

  it("have their providers under the ARNs that were computed, a slash at the end included", async () => {
    const arns = Object.fromEntries(
      Object.entries(issuers).map(([name, issuer]) => [name, providerArn(scope.lab, issuer)]),
    );
    assert.deepEqual(up.outputs.oidcProviderArns, arns);
    const existing = await allProviderArns(scope.lab);
    for (const arn of Object.values(arns)) assert.ok(existing.includes(arn), arn);
  });

  it("get the role by a token of the bound ServiceAccount, and by no other", async () => {
    const { lab, namespace, clusters } = scope;
    const { reader } = await serviceAccountsIn(clusters.ireland, namespace);
    assert.equal(reader?.metadata?.annotations?.["eks.amazonaws.com/role-arn"], up.outputs.roleArn);
    const session = `arn:aws:sts::${lab.aws.accountId}:assumed-role/${String(up.outputs.roleName)}/pod`;
    assert.equal(await answerTo(issuers.kops), session);
    assert.equal(
      await answerTo(issuers.kops, "writer"),
      "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity",
    );
  });

  it("are told from an issuer that differs by the slash at the end alone", async () => {
    const unpublished =
      "InvalidIdentityToken: Couldn't retrieve verification key from your identity provider,  please reference " +
      "AssumeRoleWithWebIdentity documentation for requirements";
    const unknown = (issuer: string) =>
      `InvalidIdentityToken: No OpenIDConnect provider found in your account for ${issuer}`;
    // STS finds the provider, and then nobody at that address.
    assert.equal(await answerTo(issuers.aks), unpublished);
    assert.equal(await answerTo(issuers.kind), unpublished);
    const [bare, slashed] = [issuers.aks.slice(0, -1), `${issuers.kops}/`];
    assert.equal(await answerTo(bare), unknown(bare));
    assert.equal(await answerTo(slashed), unknown(slashed));
  });

  it("leave nothing to do for a second run", async () => {
    assert.deepEqual(changesOf(await stack.preview()), []);
  });
});
