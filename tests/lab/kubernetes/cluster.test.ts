import { BatchV1Api, type V1Pod } from "@kubernetes/client-node";
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from "@aws-sdk/client-iam";
import { decodeJwt } from "jose";
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { iamClient } from "../../../lab/aws/clients";
import { type ClusterApi, clusterApi } from "../../../lab/kubernetes/client";
import { CertificateAuthority } from "../../../lab/kubernetes/pki";
import type { EksName } from "../../../lab/kubernetes/podIdentity/eks";
import { startPodIdentityWebhook } from "../../../lab/kubernetes/podIdentity/webhook";
import { apiRequest } from "../../../lab/kubernetes/request";
import { requestToken } from "../../../lab/kubernetes/tokens";
import { type LabWithoutStranger, startLab } from "../../../lab/supervisor/client";
import { pause } from "../../../lab/supervisor/processes";
import type { LabCluster } from "../../../lab/types";

const execute = promisify(execFile);
const roleArn = "arn:aws:iam::123456789012:role/reader";

describe("a cluster of the lab", function () {
  this.timeout(120_000);
  let lab: LabWithoutStranger;
  let cluster: LabCluster;
  let api: ClusterApi;

  before(async function () {
    this.timeout(1_800_000); // on a machine that has nothing yet, programs are built
    lab = await startLab({ clusters: ["ireland"], stranger: false, signalHandling: false });
    cluster = lab.clusters[0]!;
    api = clusterApi(cluster);
  });

  after(() => lab.stop());

  async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const seen = await look();
      if (seen !== undefined) {
        return seen;
      }
      assert.ok(Date.now() < deadline, "it did not happen");
      await pause(100);
    }
  }

  function createPod(name: string, serviceAccountName: string): Promise<V1Pod> {
    const spec = { serviceAccountName, containers: [{ name: "main", image: "amazon/aws-cli" }] };
    return api.core.createNamespacedPod({ namespace: "default", body: { metadata: { name }, spec } });
  }

  function createServiceAccount(name: string, annotations?: Record<string, string>) {
    return api.core.createNamespacedServiceAccount({
      namespace: "default",
      body: { metadata: { name, annotations } },
    });
  }

  const roleOf = (pod: V1Pod) =>
    pod.spec?.containers[0]?.env?.find(({ name }) => name === "AWS_ROLE_ARN")?.value;

  it("injects the pod of an annotated ServiceAccount", async () => {
    await createServiceAccount("reader", { "eks.amazonaws.com/role-arn": roleArn });
    const pod = await createPod("reader", "reader");
    assert.equal(roleOf(pod), roleArn);
    assert.equal(pod.spec?.volumes?.[0]?.name, "aws-iam-token");
    const region = pod.spec.containers[0]?.env?.find(({ name }) => name === "AWS_REGION")?.value;
    assert.equal(region, "eu-west-1");
  });

  it("leaves a pod as it is that was there before the annotation, and injects the next", async () => {
    await createServiceAccount("late");
    assert.equal(roleOf(await createPod("late-1", "late")), undefined);
    const annotations = { "eks.amazonaws.com/role-arn": roleArn };
    await api.core.replaceNamespacedServiceAccount({
      name: "late",
      namespace: "default",
      body: { metadata: { name: "late", annotations } },
    });
    assert.equal(roleOf(await createPod("late-2", "late")), roleArn);
    const first = await api.core.readNamespacedPod({ name: "late-1", namespace: "default" });
    assert.equal(roleOf(first), undefined);
  });

  it("injects by what EKS says of associations, whatever the annotation says", async () => {
    const asked: string[] = [];
    const eks = {
      hasAssociation: (of: EksName, namespace: string, serviceAccount: string) => {
        asked.push([of.name, of.region, namespace, serviceAccount].join(" "));
        return Promise.resolve(serviceAccount === "reader");
      },
    };
    const authority = await CertificateAuthority.create("webhook-ca");
    const webhook = await startPodIdentityWebhook(cluster, eks, await authority.forServer("webhook"));
    const patchFor = async (serviceAccountName?: string) => {
      const { body } = await apiRequest(
        { endpoint: webhook.url, caCertificate: authority.certificate },
        {
          method: "POST",
          path: "/mutate",
          body: {
            apiVersion: "admission.k8s.io/v1beta1",
            request: {
              uid: "1",
              namespace: "default",
              object: { spec: { serviceAccountName, containers: [] } },
            },
          },
        },
      );
      const { response } = JSON.parse(body) as { response: { patch?: string } };
      return Buffer.from(response.patch ?? "", "base64").toString();
    };
    try {
      assert.match(await patchFor("reader"), /"eks-pod-identity-token"/);
      assert.match(await patchFor("late"), /"aws-iam-token"/);
      assert.equal(await patchFor(), "");
      const place = "ireland eu-west-1 default";
      assert.deepEqual(asked, [`${place} reader`, `${place} late`, `${place} default`]);
    } finally {
      await webhook.close();
    }
  });

  it("leaves nothing of the probe that waited for the webhook", async () => {
    const { items } = await api.core.listServiceAccountForAllNamespaces();
    assert.deepEqual(
      items.filter(({ metadata }) => metadata?.name?.includes("probe")),
      [],
    );
  });

  it("binds a token to a pod, and names it in it", async () => {
    const { metadata } = await createPod("bound", "reader");
    const pod = { name: "bound", uid: metadata?.uid ?? "" };
    const audience = "pods.eks.amazonaws.com";
    const token = await requestToken(cluster, "default", "reader", { audience, pod });
    const claims = decodeJwt(token);
    assert.deepEqual(claims.aud, [audience]);
    assert.deepEqual((claims["kubernetes.io"] as { pod?: object }).pod, pod);
  });

  it("has its Jobs' pods made by the controller", async () => {
    const batch = api.config.makeApiClient(BatchV1Api);
    const spec = { restartPolicy: "Never", containers: [{ name: "main", image: "amazon/aws-cli" }] };
    await batch.createNamespacedJob({
      namespace: "default",
      body: { metadata: { name: "once" }, spec: { template: { spec } } },
    });
    await until(async () => {
      const labelSelector = "job-name=once";
      const { items } = await api.core.listNamespacedPod({ namespace: "default", labelSelector });
      return items[0];
    });
  });

  it("ends a namespace that is deleted, after it was given what every namespace has", async () => {
    await api.core.createNamespace({ body: { metadata: { name: "short" } } });
    const path = "/api/v1/namespaces/short";
    const { token } = (JSON.parse(cluster.kubeconfig) as { users: { user: { token: string } }[] }).users[0]!
      .user;
    const statusOf = async (of: string) => (await apiRequest(cluster, { path: of, token })).status;
    const found = async (of: string) => ((await statusOf(of)) === 200 ? true : undefined);
    await until(() => found(`${path}/serviceaccounts/default`));
    await until(() => found(`${path}/configmaps/kube-root-ca.crt`));
    await api.core.deleteNamespace({ name: "short" });
    await until(async () => ((await statusOf(path)) === 404 ? true : undefined));
  });

  it("lets its node change nothing of another node", async () => {
    const tokens = fs.readFileSync(path.join(path.dirname(cluster.kubeconfigPath), "tokens.csv"), "utf8");
    const nodeToken = /^(.*),system:node:node-ireland,/m.exec(tokens)?.[1] ?? "";
    const body = { apiVersion: "v1", kind: "Node", metadata: { name: "another" } };
    const answer = await apiRequest(cluster, {
      method: "POST",
      path: "/api/v1/nodes",
      token: nodeToken,
      body,
    });
    assert.equal(answer.status, 403);
    assert.match(answer.body, /node .*node-ireland.* is not allowed to modify node/);
  });

  describe("is logged into by aws eks get-token", () => {
    interface Keys {
      accessKeyId: string;
      secretAccessKey: string;
    }

    function awsEnvironment(keys: Keys = lab.aws): NodeJS.ProcessEnv {
      return {
        PATH: process.env.PATH,
        HOME: lab.directory,
        AWS_ENDPOINT_URL: lab.aws.endpointUrl,
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
        AWS_DEFAULT_REGION: cluster.region,
      };
    }

    async function tokenFor(name: string, keys?: Keys): Promise<string> {
      const aws = path.join(lab.binaries.awsFolder, "aws");
      const options = { env: awsEnvironment(keys) };
      const { stdout } = await execute(aws, ["eks", "get-token", "--cluster-name", name], options);
      return (JSON.parse(stdout) as { status: { token: string } }).status.token;
    }

    async function statusWith(token: string): Promise<number> {
      return (await apiRequest(cluster, { path: "/api/v1/namespaces/default/pods", token })).status;
    }

    /** The same token, its URL changed. */
    function changed(token: string, change: (url: string) => string): string {
      const [prefix = "", encoded = ""] = token.split(/(?<=^k8s-aws-v1\.)/);
      const url = change(Buffer.from(encoded, "base64url").toString());
      return prefix + Buffer.from(url).toString("base64url");
    }

    it("by whoever made the cluster, with kubectl and a kubeconfig such as EKS's users have", async () => {
      const kubeconfig = JSON.parse(cluster.kubeconfig) as { users: { name: string; user: object }[] };
      const exec = {
        apiVersion: "client.authentication.k8s.io/v1beta1",
        command: path.join(lab.binaries.awsFolder, "aws"),
        args: ["eks", "get-token", "--cluster-name", "ireland"],
        interactiveMode: "Never",
      };
      kubeconfig.users = [{ name: "admin", user: { exec } }];
      const file = path.join(lab.directory, "exec-kubeconfig.json");
      fs.writeFileSync(file, JSON.stringify(kubeconfig), { mode: 0o600 });
      const kubectl = (...args: string[]) =>
        execute(lab.binaries.kubectl, ["--kubeconfig", file, ...args], { env: awsEnvironment() });
      assert.match((await kubectl("get", "pods")).stdout, /reader/);
      assert.match((await kubectl("auth", "whoami")).stdout, /kubernetes-admin/);
    });

    it("and with a token alone", async () => {
      assert.equal(await statusWith(await tokenFor("ireland")), 200);
    });

    it("not with a token for another cluster", async () => {
      assert.equal(await statusWith(await tokenFor("virginia-blue")), 401);
    });

    it("not by another user of the account, whatever he may do there", async () => {
      const iam = iamClient(lab.aws);
      const UserName = "somebody";
      await iam.send(new CreateUserCommand({ UserName }));
      const PolicyDocument = JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      });
      await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "all", PolicyDocument }));
      const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }));
      iam.destroy();
      const keys = { accessKeyId: key?.AccessKeyId ?? "", secretAccessKey: key?.SecretAccessKey ?? "" };
      assert.equal(await statusWith(await tokenFor("ireland", keys)), 401);
    });

    it("not with another secret", async () => {
      const keys = { ...lab.aws, secretAccessKey: "x".repeat(40) };
      assert.equal(await statusWith(await tokenFor("ireland", keys)), 401);
    });

    for (const [title, change] of [
      [
        "a signature that was tampered with",
        (url: string) => url.replace(/.$/, (end) => (end === "0" ? "1" : "0")),
      ],
      ["another date", (url: string) => url.replace(/(X-Amz-Date=\d{8}T)\d{6}/, "$1000000")],
      ["another host", (url: string) => url.replace("//127.0.0.1", "//localhost")],
      ["another action", (url: string) => url.replace("GetCallerIdentity", "GetSessionToken")],
      ["another expiry", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=61")],
      ["no cluster signed", (url: string) => url.replace("%3Bx-k8s-aws-id", "")],
    ] as const) {
      it(`not with ${title}`, async () => {
        const token = await tokenFor("ireland");
        const other = changed(token, change);
        assert.notEqual(other, token);
        assert.equal(await statusWith(other), 401);
      });
    }
  });
});
