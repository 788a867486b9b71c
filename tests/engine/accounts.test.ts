import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateClusterCommand, DeleteClusterCommand } from "@aws-sdk/client-eks";
import {
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  ListRolesCommand,
} from "@aws-sdk/client-iam";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { fromClusterName, MultiClusterIrsa, type IrsaCluster } from "../../index";
import { assumeWithWebIdentity, eksClient, iamClient, stsClient } from "../../lab/aws/clients";
import { changesOf } from "../../lab/engine/journal";
import type { EngineStack, OperationResult } from "../../lab/engine/workspace";
import { requestToken } from "../../lab/kubernetes/tokens";
import type { LabAccount, LabCluster } from "../../lab/types";
import { describeEngine, outputsOf, type Scope } from "./lab";
import { allProviderArns, failureOf, providerArn, serviceAccountsIn, TYPE } from "./support";

type Account = Omit<LabAccount, "partition">;

/** The account of the role, and those of the clusters beside it. */
interface Accounts {
  role: Account;
  b: Account;
  c: Account;
}

function accountsOf({ lab }: Scope): Accounts {
  const [b, c] = lab.aws.otherAccounts;
  return { role: { ...lab.aws, region: "us-east-1" }, b: b!, c: c! };
}

const endpoint = ({ lab }: Scope, account: Account) => ({ ...account, endpointUrl: lab.aws.endpointUrl });
const clusterOf = ({ lab }: Scope, name: string): LabCluster =>
  lab.clusters.find((cluster) => cluster.name === name)!;

/** An aws provider that works in this account. */
function providerOf(name: string, { accessKeyId, secretAccessKey, region }: Account): aws.Provider {
  return new aws.Provider(name, {
    accessKey: accessKeyId,
    secretKey: secretAccessKey,
    region: region as aws.Region,
  });
}

/** What `~/.aws/config` of a user with several accounts looks like. */
function profiles(accounts: Accounts): string {
  return Object.entries(accounts)
    .flatMap(([name, { accessKeyId, secretAccessKey }]) => [
      `[profile ${name}]`,
      `aws_access_key_id = ${accessKeyId}`,
      `aws_secret_access_key = ${secretAccessKey}`,
    ])
    .join("\n");
}

/** The environment has nobody's keys: every call is made by a provider's or a profile's. */
function withProfiles(file: string) {
  return { environment: { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_CONFIG_FILE: file } };
}

/** Who the holder of a token becomes by the role, or AWS's refusal. */
async function identityBy({ lab }: Scope, roleArn: string, token: string): Promise<string> {
  const result = await assumeWithWebIdentity(lab.aws, { roleArn, token, sessionName: "pod" });
  if (!result.ok) return `${result.code}: ${result.message}`;
  const { Arn = "" } = await stsClient(lab.aws, undefined, result.credentials).send(
    new GetCallerIdentityCommand({}),
  );
  return Arn;
}

describeEngine("engine: clusters of several accounts, and the role in one", (newScope) => {
  let scope: Scope;
  let accounts: Accounts;
  let scratch: string;
  let stack: EngineStack;
  let up: OperationResult;

  /** EKS knows each of these clusters in one account only, beside those that the role's account has. */
  const eksClusters = () =>
    [
      ["ireland", accounts.b],
      ["virginia-green", accounts.c],
    ] as const;

  const program = () => {
    const roleProvider = providerOf("role", accounts.role);
    const listed = (name: string, profile: string, provider: aws.Provider): IrsaCluster =>
      fromClusterName(name, { region: clusterOf(scope, name).region, profile }, { provider });
    const irsa = new MultiClusterIrsa(
      "app",
      {
        clusters: [
          listed("virginia-blue", "role", roleProvider),
          listed("ireland", "b", providerOf("b", accounts.b)),
          listed("virginia-green", "c", providerOf("c", accounts.c)),
        ],
        serviceAccounts: [{ namespace: scope.namespace, name: "reader" }],
      },
      { provider: roleProvider },
    );
    return Promise.resolve(outputsOf(irsa));
  };

  before(async () => {
    scope = await newScope({ pods: true });
    accounts = accountsOf(scope);
    for (const [name, account] of eksClusters()) {
      const roleArn = `arn:aws:iam::${account.accountId}:role/eks-cluster`;
      await eksClient(endpoint(scope, account), clusterOf(scope, name).region).send(
        new CreateClusterCommand({ name, roleArn, resourcesVpcConfig: {} }),
      );
    }
    scratch = mkdtempSync(join(tmpdir(), "eks-irsa-accounts-"));
    const config = join(scratch, "config");
    writeFileSync(config, profiles(accounts), { mode: 0o600 });
    stack = await scope.open(program, withProfiles(config));
    up = await stack.up();
  });

  // The stack is destroyed before that, with the profiles.
  after(async () => {
    for (const [name, account] of eksClusters()) {
      const { region } = clusterOf(scope, name);
      await eksClient(endpoint(scope, account), region).send(new DeleteClusterCommand({ name }));
    }
    rmSync(scratch, { recursive: true });
  });

  it("makes every provider in the role's account, whatever account its cluster is in", async () => {
    const expected = scope.lab.clusters.map(({ name, issuerUrl }) => [
      name,
      providerArn(scope.lab, issuerUrl),
    ]);
    assert.deepEqual(up.outputs.oidcProviderArns, Object.fromEntries(expected));
    const existing = await allProviderArns(scope.lab);
    for (const [, arn] of expected) assert.ok(existing.includes(arn!), arn);
  });

  it("makes nothing in the clusters' accounts: no provider, no role", async () => {
    for (const account of [accounts.b, accounts.c]) {
      const there = endpoint(scope, account);
      assert.deepEqual(await allProviderArns({ aws: { ...scope.lab.aws, ...there } }), []);
      assert.deepEqual((await iamClient(there).send(new ListRolesCommand({}))).Roles, []);
    }
  });

  it("logs in to each cluster by its own account's profile, and annotates with the one role", async () => {
    for (const cluster of scope.lab.clusters) {
      const { reader } = await serviceAccountsIn(cluster, scope.namespace);
      assert.equal(
        reader?.metadata?.annotations?.["eks.amazonaws.com/role-arn"],
        up.outputs.roleArn,
        cluster.name,
      );
    }
  });

  it("gives the role to the tokens of all", async () => {
    const { lab, namespace } = scope;
    const session = `arn:aws:sts::${lab.aws.accountId}:assumed-role/${String(up.outputs.roleName)}/pod`;
    for (const cluster of lab.clusters) {
      const token = await requestToken(cluster, namespace, "reader");
      assert.equal(await identityBy(scope, String(up.outputs.roleArn), token), session, cluster.name);
    }
  });

  it("changes nothing in a second run", async () => {
    assert.deepEqual(changesOf(await stack.preview()), []);
  });

  it("refuses a token whose issuer has its provider in the cluster's account only", async () => {
    const { lab } = scope;
    const { stranger } = lab;
    const iam = iamClient(endpoint(scope, accounts.b));
    const { OpenIDConnectProviderArn } = await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: stranger.issuerUrl,
        ClientIDList: ["sts.amazonaws.com"],
      }),
    );
    const token = await requestToken(stranger, "default", "default");
    assert.equal(
      await identityBy(scope, String(up.outputs.roleArn), token),
      `InvalidIdentityToken: No OpenIDConnect provider found in your account for ${stranger.issuerUrl}`,
    );
    await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
  });

  it("does not find a cluster in another account than its own", async () => {
    const lookup = await scope.open(
      () => {
        const provider = providerOf("b", accounts.b);
        return Promise.resolve({
          ...fromClusterName("virginia-green", { region: "us-east-1" }, { provider }),
        });
      },
      { stack: "lookup" },
    );
    const { message } = await failureOf(lookup.preview());
    assert.match(message, /EKS Cluster \(virginia-green\).*ResourceNotFoundException/s);
  });
});

describeEngine("engine: an OIDC provider of another account than the role's", (newScope) => {
  /** Both adopted providers are the clusters' own; only their account is wrong. */
  const programOf = ({ lab, clusters, namespace }: Scope) => {
    const [other, china] = [lab.aws.otherAccounts[0]!, lab.aws.otherAccounts[2]!];
    const own = (issuerUrl: string) => issuerUrl.slice("https://".length);
    const { ireland, "virginia-blue": blue, "virginia-green": green } = clusters;
    const foreign = [
      `arn:aws:iam::${other.accountId}:oidc-provider/${own(ireland.issuerUrl)}`,
      `arn:aws-cn:iam::${china.accountId}:oidc-provider/${own(blue.issuerUrl)}`,
    ] as const;
    const args = {
      clusters: [
        green,
        { ...ireland, oidcProviderArn: foreign[0] },
        { ...blue, oidcProviderArn: pulumi.output(foreign[1]) },
      ],
      serviceAccounts: [{ namespace, name: "reader" }],
    };
    return () => Promise.resolve(outputsOf(new MultiClusterIrsa("app", args)));
  };

  it("is an error of the preview that names both accounts, and the role is not planned", async () => {
    const scope = await newScope();
    const { accountId } = scope.lab.aws;
    const stack = await scope.open(programOf(scope));
    const { message, result } = await failureOf(stack.preview());
    const remedy = "IAM wants both in one account; leave it out to have the provider created beside the role";
    const told = [
      `  - clusters[1].oidcProviderArn is in account 210987654321 (aws) and the role in ${accountId} (aws): ${remedy}`,
      `  - clusters[2].oidcProviderArn is in account 432109876543 (aws-cn) and the role in ${accountId} (aws): ${remedy}`,
    ];
    const lines = message.split("\n").filter((line) => line.startsWith("  - "));
    assert.deepEqual([...new Set(lines)].sort(), told, message);
    assert.deepEqual(
      result.steps.filter(({ type }) => type === TYPE.role || type === TYPE.serviceAccount),
      [],
    );
    const { resources = [] } = (await stack.exportState()).deployment as { resources?: unknown[] };
    assert.deepEqual(resources, []);
  });
});
