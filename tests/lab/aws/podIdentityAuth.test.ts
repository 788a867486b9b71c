import { CreateClusterCommand } from "@aws-sdk/client-eks";
import { DeleteRoleCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import { GetObjectCommand, ListBucketsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { CreateRoleCommand } from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { eksClient, iamClient, s3Client } from "../../../lab/aws/clients";
import { assumeRoleForPodIdentity } from "../../../lab/aws/podIdentity/client";
import { signedHeaders } from "../../../lab/aws/sign";
import { createReaderRole, startTestAccount, trustPolicy, type TestAccount } from "./account";
import { FakeCluster } from "./fakeCluster";
import { associate, exchanged, notAllowed, podsPolicy, podToken, tagged } from "./podIdentity";

const clusterArn = "arn:aws:eks:us-east-1:123456789012:cluster/blue";

describe("AssumeRoleForPodIdentity", () => {
  let account: TestAccount;
  let blue: FakeCluster;
  let green: FakeCluster;
  let roleArn: string;

  before(async () => {
    [blue, green] = await Promise.all([
      FakeCluster.start("blue", "us-east-1", "A".repeat(32)),
      FakeCluster.start("green", "eu-west-1", "B".repeat(32)),
    ]);
    account = await startTestAccount([blue, green]);
    roleArn = await createReaderRole(account.iam, "reader", podsPolicy());
    for (const cluster of [blue, green]) {
      await associate(eksClient(account.aws, cluster.region), { clusterName: cluster.name, roleArn });
    }
  });

  after(async () => {
    await account.close();
    await Promise.all([blue.stop(), green.stop()]);
  });

  const trust = (document: string) =>
    account.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: "reader", PolicyDocument: document }));
  const tryBlue = async (token?: string) => exchanged(account.aws, blue, token ?? (await podToken(blue)));

  it("gives a pod of each cluster a session of its ServiceAccount's role, for six hours", async () => {
    for (const cluster of [blue, green]) {
      const call = { region: cluster.region, cluster: cluster.name, token: await podToken(cluster) };
      const before = Date.now();
      const session = await assumeRoleForPodIdentity(account.aws, call);
      const name = new RegExp(
        `^arn:aws:sts::123456789012:assumed-role/reader/eks-${cluster.name}-s3-reader--[0-9a-f-]{36}$`,
      );
      assert.match(session.assumedRoleArn, name);
      assert.match(session.associationId, /^a-[a-z0-9]{17}$/);
      const hours = (session.expiration.getTime() - before) / 3_600_000;
      assert.ok(hours > 5.9 && hours < 6.1, `${hours} hours`);
    }
  });

  it("gives keys that may do what the role may, and nothing else", async () => {
    const { credentials } = await assumeRoleForPodIdentity(account.aws, {
      region: blue.region,
      cluster: "blue",
      token: await podToken(blue),
    });
    const s3 = s3Client(account.aws, credentials);
    assert.equal((await s3.send(new ListBucketsCommand({}))).$metadata.httpStatusCode, 200);
    const object = { Bucket: "reports", Key: "key" };
    await assert.rejects(s3.send(new PutObjectCommand({ ...object, Body: "text" })), {
      name: "AccessDenied",
    });
    await assert.rejects(s3.send(new GetObjectCommand(object)), { name: "NoSuchBucket" });
  });

  it("answers with all that EKS Auth says", async () => {
    const url = `${account.aws.endpointUrl}/clusters/blue/assume-role-for-pod-identity`;
    const body = JSON.stringify({ token: await podToken(blue) });
    const request = { method: "POST", url, service: "eks-auth", contentType: "application/json" } as const;
    const headers = signedHeaders({ ...request, region: "us-east-1", body }, account.aws);
    const response = await fetch(url, { method: "POST", headers, body });
    assert.equal(response.status, 200);
    const answer = (await response.json()) as Record<string, Record<string, unknown>>;
    const { subject, audience, podIdentityAssociation, assumedRoleUser, credentials } = answer;
    assert.deepEqual(subject, { namespace: "default", serviceAccount: "s3-reader" });
    assert.equal(audience, "pods.eks.amazonaws.com");
    assert.deepEqual(Object.keys(podIdentityAssociation!).sort(), ["associationArn", "associationId"]);
    const [, session] = /assumed-role\/reader\/(.*)$/.exec(String(assumedRoleUser!["arn"])) ?? [];
    assert.match(String(assumedRoleUser!["assumeRoleId"]), new RegExp(`^AROA\\w+:${session}$`));
    assert.equal(typeof credentials!["expiration"], "number");
    assert.match(String(credentials!["accessKeyId"]), /^ASIA/);
  });

  describe("refuses a token", () => {
    const now = Math.floor(Date.now() / 1000);
    const bound = (parts: Record<string, unknown>) => ({
      "kubernetes.io": {
        namespace: "default",
        pod: { name: "pod", uid: "uid" },
        serviceaccount: { name: "s3-reader" },
        ...parts,
      },
    });
    const cases: [what: string, token: () => Promise<string>, answer: RegExp][] = [
      [
        "of another cluster, though its issuer is known",
        () => podToken(green),
        /^InvalidTokenException 400: The token was not issued by this cluster\.$/,
      ],
      [
        "that another cluster signed",
        () => podToken(blue, "s3-reader", "default", { keyOf: green }),
        /^InvalidTokenException 400: The token cannot be verified/,
      ],
      [
        "that another cluster signed, with this one's key id",
        () => podToken(blue, "s3-reader", "default", { keyOf: green, kid: blue.kid }),
        /^InvalidTokenException 400: The token cannot be verified: signature/,
      ],
      [
        "for STS",
        () => podToken(blue, "s3-reader", "default", { claims: { aud: ["sts.amazonaws.com"] } }),
        /^InvalidTokenException 400: The token cannot be verified: unexpected "aud"/,
      ],
      [
        "that has expired",
        () =>
          podToken(blue, "s3-reader", "default", {
            claims: { iat: now - 7200, nbf: now - 7200, exp: now - 1 },
          }),
        /^ExpiredTokenException 400: The token has expired\.$/,
      ],
      [
        "that is not yet valid",
        () => podToken(blue, "s3-reader", "default", { claims: { nbf: now + 600 } }),
        /^InvalidTokenException 400: The token cannot be verified/,
      ],
      [
        "without an expiry",
        () => podToken(blue, "s3-reader", "default", { claims: { exp: undefined } }),
        /^InvalidTokenException 400: The token cannot be verified: missing required "exp"/,
      ],
      [
        "that is bound to no pod",
        () => podToken(blue, "s3-reader", "default", { claims: bound({ pod: undefined }) }),
        /^InvalidTokenException 400: The token is not bound to a pod\.$/,
      ],
      [
        "of another subject than it is bound to",
        () =>
          podToken(blue, "s3-reader", "default", { claims: { sub: "system:serviceaccount:default:other" } }),
        /^InvalidTokenException 400: The token's subject is not the ServiceAccount that it is bound to\.$/,
      ],
      [
        "that is none",
        () => Promise.resolve("a.b.c"),
        /^InvalidTokenException 400: The token is not a JWT\.$/,
      ],
      [
        "that is empty",
        () => Promise.resolve(""),
        /^InvalidParameterException 400: token must not be null or empty\.$/,
      ],
    ];
    for (const [what, token, answer] of cases) {
      it(what, async () => {
        assert.match(await tryBlue(await token()), answer);
      });
    }

    it("of a ServiceAccount without an association", async () => {
      for (const [name, namespace] of [
        ["writer", "default"],
        ["s3-reader", "other"],
      ] as const) {
        assert.equal(
          await tryBlue(await podToken(blue, name, namespace)),
          `ResourceNotFoundException 404: No association found in cluster: blue for ServiceAccount ${namespace}/${name}`,
        );
      }
    });

    it("for a cluster that is not there, or in another region", async () => {
      const token = await podToken(blue);
      for (const cluster of [
        { name: "red", region: "us-east-1" },
        { name: "blue", region: "eu-west-1" },
      ]) {
        assert.equal(
          await exchanged(account.aws, cluster, token),
          `ResourceNotFoundException 404: No cluster found for name: ${cluster.name}.`,
        );
      }
    });

    it("for a cluster of EKS that issues none here", async () => {
      const west = eksClient(account.aws, "us-west-2");
      await west.send(new CreateClusterCommand({ name: "blue", roleArn, resourcesVpcConfig: {} }));
      assert.match(
        await exchanged(account.aws, { name: "blue", region: "us-west-2" }, await podToken(blue)),
        /^InvalidTokenException 400/,
      );
    });
  });

  it("takes a token after the cluster has got another key", async () => {
    await blue.rotate("another-key");
    assert.match(await tryBlue(), /^arn:/);
  });

  describe("by the role's trust policy", () => {
    afterEach(() => trust(podsPolicy()));

    const cases: [what: string, document: string, lets: boolean][] = [
      ["the cluster's ARN", podsPolicy(tagged("eks-cluster-arn", ["x", clusterArn])), true],
      ["another cluster's ARN", podsPolicy(tagged("eks-cluster-arn", `${clusterArn}2`)), false],
      ["the cluster's name", podsPolicy(tagged("eks-cluster-name", "blue")), true],
      ["the namespace", podsPolicy(tagged("kubernetes-namespace", "default")), true],
      ["another namespace", podsPolicy(tagged("kubernetes-namespace", "other")), false],
      ["the ServiceAccount", podsPolicy(tagged("kubernetes-service-account", "s3-reader")), true],
      ["another ServiceAccount", podsPolicy(tagged("kubernetes-service-account", "writer")), false],
      ["the pod's name", podsPolicy(tagged("kubernetes-pod-name", "s3-reader-6b9f94b4-dvd5c")), true],
      [
        "the pod's uid",
        podsPolicy(tagged("kubernetes-pod-uid", "376f3cff-44fe-4a00-b9d4-970555f311d3")),
        true,
      ],
      [
        "the source",
        podsPolicy({
          Condition: { StringEquals: { "aws:SourceAccount": "123456789012", "aws:SourceArn": clusterArn } },
        }),
        true,
      ],
      ["no sts:TagSession", podsPolicy({ Action: "sts:AssumeRole" }), false],
      ["the same role's web identities alone", "irsa", false],
    ];
    for (const [what, document, lets] of cases) {
      it(`${what}: ${lets ? "lets" : "refuses"}`, async () => {
        await trust(document === "irsa" ? trustPolicy(blue) : document);
        const answer = await tryBlue();
        if (lets) assert.match(answer, /^arn:aws:sts::123456789012:assumed-role\/reader\//);
        else assert.equal(answer, notAllowed);
      });
    }
  });

  describe("with session tags disabled", () => {
    const sa = "untagged";
    const untaggedRole = async (name: string, document: string): Promise<string> => {
      const arn = await createReaderRole(account.iam, name, document);
      await associate(eksClient(account.aws), {
        clusterName: "blue",
        serviceAccount: name,
        roleArn: arn,
        disableSessionTags: true,
      });
      return tryBlue(await podToken(blue, name));
    };

    it("needs no sts:TagSession", async () => {
      assert.match(await untaggedRole(sa, podsPolicy({ Action: "sts:AssumeRole" })), /^arn:/);
    });

    it("has no tags", async () => {
      const answer = await untaggedRole("no-tags", podsPolicy(tagged("kubernetes-namespace", "default")));
      assert.equal(answer, notAllowed);
    });

    for (const [name, arn] of Object.entries({ source: clusterArn, "other-source": `${clusterArn}2` })) {
      it(`has a source: ${arn}`, async () => {
        const Condition = { ArnEquals: { "aws:SourceArn": arn } };
        const answer = await untaggedRole(name, podsPolicy({ Action: "sts:AssumeRole", Condition }));
        if (arn === clusterArn) assert.match(answer, /^arn:/);
        else assert.equal(answer, notAllowed);
      });
    }
  });

  it("refuses what has a session policy, which moto would not apply", async () => {
    const policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const input = {
      clusterName: "blue",
      serviceAccount: "limited",
      roleArn,
      policy,
      disableSessionTags: true,
    };
    await associate(eksClient(account.aws), input);
    assert.equal(
      await tryBlue(await podToken(blue, "limited")),
      "InvalidRequestException 400: The lab cannot apply the session policy of an association.",
    );
  });

  it("refuses when the role is gone", async () => {
    const { Role: role } = await account.iam.send(
      new CreateRoleCommand({ RoleName: "gone", AssumeRolePolicyDocument: podsPolicy() }),
    );
    await associate(eksClient(account.aws), {
      clusterName: "blue",
      serviceAccount: "gone",
      roleArn: role?.Arn,
    });
    await account.iam.send(new DeleteRoleCommand({ RoleName: "gone" }));
    assert.equal(await tryBlue(await podToken(blue, "gone")), notAllowed);
  });

  it("keeps accounts apart: a cluster of the same name in another account has associations of its own", async () => {
    const [other] = account.aws.otherAccounts;
    const theirs = { ...account.aws, ...other };
    const eks = eksClient(theirs, "us-east-1");
    await eks.send(new CreateClusterCommand({ name: "blue", roleArn, resourcesVpcConfig: {} }));
    const token = await podToken(blue);
    assert.match(
      await exchanged(theirs, blue, token),
      /^ResourceNotFoundException 404: No association found/,
    );
    const arn = await createReaderRole(iamClient(theirs), "reader", podsPolicy());
    await associate(eks, { clusterName: "blue", roleArn: arn });
    assert.match(await exchanged(theirs, blue, token), /^arn:aws:sts::210987654321:assumed-role\/reader\//);
    assert.match(await exchanged(account.aws, blue, token), /^arn:aws:sts::123456789012:/);
  });
});
