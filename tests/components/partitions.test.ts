import assert from "node:assert/strict";
import type { MultiClusterIrsaArgs, TrustPolicy } from "../../index";
import { cluster, FLEET, PROVIDER, READER, ROLE, SERVICE_ACCOUNT } from "../support/clusters";
import { record, recordFailure } from "../support/recorder";

const ACCOUNT_ID = "210987654321";
const ID = "0123456789ABCDEF0123456789ABCDEF";

/** Partition, one of its regions, and the domain that EKS's issuers have there. */
const PARTITIONS = [
  ["aws", "ap-northeast-2", "amazonaws.com"],
  ["aws-cn", "cn-northwest-1", "amazonaws.com.cn"],
  ["aws-us-gov", "us-gov-east-1", "amazonaws.com"],
  ["aws-eusc", "eusc-de-east-1", "amazonaws.eu"],
  ["aws-iso", "us-iso-east-1", "c2s.ic.gov"],
  ["aws-iso-b", "us-isob-east-1", "sc2s.sgov.gov"],
  ["aws-iso-e", "eu-isoe-west-1", "cloud.adc-e.uk"],
  ["aws-iso-f", "us-isof-south-1", "csp.hci.ic.gov"],
] as const;

const statement = (arn: string, hostPath: string) => ({
  Effect: "Allow",
  Principal: { Federated: arn },
  Action: "sts:AssumeRoleWithWebIdentity",
  Condition: {
    StringEquals: {
      [`${hostPath}:aud`]: "sts.amazonaws.com",
      [`${hostPath}:sub`]: "system:serviceaccount:default:s3-reader",
    },
  },
});

for (const [partition, region, domain] of PARTITIONS) {
  describe(`partition ${partition}`, () => {
    // A cluster of EKS, one that has its provider already, and one of kOps, whose issuer is a bucket of that partition.
    const hostPaths = {
      adopted: `oidc.eks.${region}.${domain}/id/${ID.replaceAll("0", "F")}`,
      eks: `oidc.eks.${region}.${domain}/id/${ID}`,
      kops: `my-bucket.s3.${region}.${domain}`,
    };
    const arnOf = (name: keyof typeof hostPaths) =>
      `arn:${partition}:iam::${ACCOUNT_ID}:oidc-provider/${hostPaths[name]}`;
    const listed = (name: keyof typeof hostPaths) =>
      cluster(name, "A", { issuerUrl: `https://${hostPaths[name]}` });
    const args: MultiClusterIrsaArgs = {
      clusters: [listed("eks"), { ...listed("adopted"), oidcProviderArn: arnOf("adopted") }, listed("kops")],
      serviceAccounts: [READER],
      policyArns: { s3Read: `arn:${partition}:iam::aws:policy/AmazonS3ReadOnlyAccess` },
      role: { permissionsBoundaryArn: `arn:${partition}:iam::${ACCOUNT_ID}:policy/boundary` },
    };
    const account = { partition, accountId: ACCOUNT_ID };
    const recordingOf = async (options: { preview: boolean }) => {
      const program = await record((lib) => new lib.MultiClusterIrsa("app", args), { account, ...options });
      return program.recording;
    };

    it("creates its providers with the audience that tokens have everywhere", async () => {
      const providers = (await recordingOf({ preview: false })).of(PROVIDER);
      assert.deepEqual(Object.fromEntries(providers.map(({ name, inputs }) => [name, inputs])), {
        "app/eks": { url: `https://${hostPaths.eks}`, clientIdLists: ["sts.amazonaws.com"] },
        "app/kops": { url: `https://${hostPaths.kops}`, clientIdLists: ["sts.amazonaws.com"] },
      });
    });

    it("has the ARNs of the partition in outputs, trust policy and annotation, at preview as after it", async () => {
      for (const preview of [true, false]) {
        const recording = await recordingOf({ preview });
        const outputs = recording.outputs.get(recording.one(FLEET).urn) as Record<string, unknown>;
        const arns = { eks: arnOf("eks"), adopted: arnOf("adopted"), kops: arnOf("kops") };
        assert.deepEqual(outputs.oidcProviderArns, arns);
        const document = JSON.parse(String(recording.one(ROLE).inputs.assumeRolePolicy)) as TrustPolicy;
        const expected = (["adopted", "eks", "kops"] as const).map((name) =>
          statement(arnOf(name), hostPaths[name]),
        );
        assert.deepEqual(document, { Version: "2012-10-17", Statement: expected });
        if (preview) continue;
        const [account] = recording.of(SERVICE_ACCOUNT);
        const roleArn = `arn:${partition}:iam::${ACCOUNT_ID}:role/app-1a2b3c4`;
        assert.deepEqual(account?.inputs.metadata, {
          ...READER,
          annotations: { "eks.amazonaws.com/role-arn": roleArn },
        });
      }
    });

    it("does not take a provider of the same account number in another partition", async () => {
      const other = partition === "aws" ? "aws-cn" : "aws";
      const oidcProviderArn = arnOf("adopted").replace(`arn:${partition}:`, `arn:${other}:`);
      const recording = await recordFailure(
        (lib) =>
          new lib.MultiClusterIrsa("app", {
            ...args,
            clusters: [{ ...listed("adopted"), oidcProviderArn }, listed("eks")],
          }),
        { account, preview: true },
      );
      const told = [
        'MultiClusterIrsa "app": one problem in its arguments',
        `  - clusters[0].oidcProviderArn is in account ${ACCOUNT_ID} (${other}) and the role in ${ACCOUNT_ID} (${partition}): `,
      ].join("\n");
      const message = recording.errors[0]?.message ?? "";
      assert.ok(message.includes(told), message);
      assert.deepEqual([...recording.of(ROLE), ...recording.of(SERVICE_ACCOUNT)], []);
    });

    for (const [path, wrong] of [
      [
        'policyArns["s3Read"]',
        { policyArns: { s3Read: "arn:PARTITION:iam::aws:policy/AmazonS3ReadOnlyAccess" } },
      ],
      [
        "role.permissionsBoundaryArn",
        { role: { permissionsBoundaryArn: "arn:PARTITION:iam::aws:policy/AmazonS3ReadOnlyAccess" } },
      ],
    ] as const) {
      it(`takes no policy of another partition: ${path}, in a preview`, async () => {
        const other = partition === "aws" ? "aws-us-gov" : "aws";
        const changes = JSON.parse(JSON.stringify(wrong).replace("PARTITION", other)) as typeof wrong;
        const recording = await recordFailure(
          (lib) => new lib.MultiClusterIrsa("app", { ...args, ...changes }),
          { account, preview: true },
        );
        const message = recording.errors[0]?.message ?? "";
        const told =
          `  - ${path} is in the partition ${other}, and the role is in ${partition}: ` +
          `write "arn:${partition}:iam::aws:policy/AmazonS3ReadOnlyAccess", if it is there`;
        assert.ok(message.includes(told), message);
      });
    }

    for (const half of ["ClusterOidcProvider", "IrsaRole"] as const) {
      it(`${half} by itself is of the partition too`, async () => {
        const { recording } = await record(
          (lib) => {
            if (half === "ClusterOidcProvider") {
              new lib.ClusterOidcProvider("east", { issuerUrl: `https://${hostPaths.eks}` });
              return;
            }
            const clusters = [{ name: "east", oidcProviderArn: arnOf("eks") }];
            new lib.IrsaRole("app", { clusters, serviceAccounts: [READER] });
          },
          { account, preview: true },
        );
        const [outputs] = [...recording.outputs.values()] as Record<string, unknown>[];
        if (half === "ClusterOidcProvider") {
          assert.equal(outputs?.arn, arnOf("eks"));
        } else {
          const { Statement } = JSON.parse(String(outputs?.trustPolicyJson)) as TrustPolicy;
          assert.deepEqual(Statement, [statement(arnOf("eks"), hostPaths.eks)]);
        }
      });
    }
  });
}
