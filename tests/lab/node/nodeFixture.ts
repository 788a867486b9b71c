import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from "@aws-sdk/client-iam";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import { WebSocket } from "ws";
import { iamClient } from "../../../lab/aws/clients";
import { adminToken } from "../../../lab/kubernetes/kubeconfig";
import { apiRequest } from "../../../lab/kubernetes/request";
import type { Pod } from "../../../lab/node/objects";
import type { NodeSettings } from "../../../lab/node/settings";
import { type LabWithoutStranger, startLab } from "../../../lab/supervisor/client";
import { processesOfRun, RUN_MARKER } from "../../../lab/supervisor/marker";
import { pause } from "../../../lab/supervisor/processes";
import type { LabCluster } from "../../../lab/types";

function commandOf(pid: number): string {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return ""; // gone meanwhile, or no Linux
  }
}

/** A lab with one cluster and its node. */
export class TestNode {
  private constructor(
    readonly lab: LabWithoutStranger,
    readonly cluster: LabCluster,
    readonly settings: NodeSettings,
    /** The process that plays the node. */
    public pid: number,
  ) {}

  static async start(): Promise<TestNode> {
    const lab = await startLab({ clusters: ["ireland"], stranger: false });
    const settings = fs.readFileSync(path.join(lab.directory, "nodes.json"), "utf8");
    const [pid = 0] = processesOfRun(lab.runId).filter((one) => commandOf(one).includes("lab/node/main.ts"));
    return new TestNode(lab, lab.clusters[0]!, JSON.parse(settings) as NodeSettings, pid);
  }

  get name(): string {
    return this.settings.nodes[0]!.name;
  }

  /** Starts the process again. */
  async startProcess(): Promise<void> {
    const main = path.join(__dirname, "../../../lab/node/main.ts");
    const log = fs.openSync(this.logFile, "a");
    const child = spawn(
      process.execPath,
      ["--import", "tsx", main, path.join(this.lab.directory, "nodes.json")],
      {
        stdio: ["ignore", "pipe", log],
        env: { ...process.env, NODE_OPTIONS: undefined, [RUN_MARKER]: this.lab.runId },
      },
    );
    fs.closeSync(log);
    const ended = once(child, "exit").then(() => {
      throw new Error(`the node did not start: ${this.log()}`);
    });
    await Promise.race([once(child.stdout!, "data"), ended]);
    ended.catch(() => undefined);
    this.pid = child.pid ?? 0;
  }

  private get logFile(): string {
    return path.join(this.lab.directory, "logs", "nodes.log");
  }

  log(): string {
    return fs.readFileSync(this.logFile, "utf8");
  }

  async stop(): Promise<void> {
    if (process.env.NODE_TEST_LOG) process.stderr.write(this.log());
    await this.lab.stop();
  }

  async api<T>(method: string, apiPath: string, body?: unknown): Promise<T> {
    const answer = await apiRequest(this.cluster, {
      method,
      path: apiPath,
      token: adminToken(this.cluster),
      body,
    });
    if (answer.status >= 300) throw new Error(`${method} ${apiPath}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body) as T;
  }

  podPath(name: string): string {
    return `/api/v1/namespaces/default/pods/${name}`;
  }

  create(name: string, spec: object, metadata: object = {}): Promise<Pod> {
    return this.api<Pod>("POST", `/api/v1/namespaces/default/pods`, {
      metadata: { name, ...metadata },
      spec: { automountServiceAccountToken: false, ...spec },
    });
  }

  /** A pod with one container, whose command is a shell script. */
  shell(name: string, script: string, container: object = {}, spec: object = {}): Promise<Pod> {
    const main = {
      name: "main",
      image: "amazon/aws-cli:2.31.0",
      command: ["sh", "-c", script],
      ...container,
    };
    return this.create(name, { containers: [main], ...spec });
  }

  get(name: string): Promise<Pod> {
    return this.api<Pod>("GET", this.podPath(name));
  }

  /** The pod, as soon as `check` is true of it. */
  async until(name: string, check: (pod: Pod) => boolean): Promise<Pod> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const pod = await this.get(name);
      if (check(pod)) return pod;
      if (Date.now() > deadline)
        throw new Error(`${name} is ${JSON.stringify(pod.status, null, 1)}\n${this.log()}`);
      await pause(100);
    }
  }

  async untilGone(name: string): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (
      (await apiRequest(this.cluster, { path: this.podPath(name), token: adminToken(this.cluster) }))
        .status !== 404
    ) {
      if (Date.now() > deadline) throw new Error(`${name} is still there\n${this.log()}`);
      await pause(100);
    }
  }

  delete(name: string, gracePeriodSeconds?: number): Promise<unknown> {
    return this.api("DELETE", this.podPath(name), { gracePeriodSeconds });
  }

  /** Reasons and messages of a pod's events, the oldest first. */
  async events(name: string): Promise<string[]> {
    const { items } = await this.api<{ items: { reason: string; message: string }[] }>(
      "GET",
      `/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3D${name}`,
    );
    return items.map(({ reason, message }) => `${reason}: ${message}`);
  }

  /** A container's log, or the refusal, as the API server gives it. */
  async logs(pod: string, query = ""): Promise<string> {
    const urlPath = `${this.podPath(pod)}/log?container=main&${query}`;
    return (await apiRequest(this.cluster, { path: urlPath, token: adminToken(this.cluster) })).body;
  }

  /** Asks the node's server without a certificate. */
  askAsAnybody(): Promise<number | undefined> {
    const { port } = this.settings.nodes[0]!.kubelet;
    const options = { ca: this.cluster.caCertificate, agent: false as const };
    return new Promise((resolve, reject) => {
      https
        .get(`https://127.0.0.1:${port}/containerLogs/default/web/main`, options, (response) => {
          resolve(response.statusCode);
        })
        .on("error", reject);
    });
  }

  /** Runs a command in a container; with `input`, which is closed afterwards. */
  exec(
    pod: string,
    command: string[],
    { input, protocol = "v5.channel.k8s.io" }: { input?: string; protocol?: string } = {},
  ): Promise<{ stdout: string; stderr: string; status: { status: string; message?: string } }> {
    const query = new URLSearchParams([
      ...command.map((part): [string, string] => ["command", part]),
      ["container", "main"],
      ["stdout", "true"],
      ["stderr", "true"],
      ...(input === undefined ? [] : [["stdin", "true"] as [string, string]]),
    ]);
    const url = `${this.cluster.endpoint.replace("https", "wss")}${this.podPath(pod)}/exec?${query.toString()}`;
    const headers = { authorization: `Bearer ${adminToken(this.cluster)}` };
    const socket = new WebSocket(url, [protocol], { headers, ca: this.cluster.caCertificate });
    const texts = ["", "", "", ""];
    return new Promise((resolve, reject) => {
      socket.on("error", reject);
      socket.on("open", () => {
        if (input === undefined) return;
        socket.send(Buffer.concat([Buffer.from([0]), Buffer.from(input)]));
        socket.send(Buffer.from([255, 0]));
      });
      socket.on("message", (data: Buffer) => {
        const channel = data[0]!;
        texts[channel] = `${texts[channel] ?? ""}${data.subarray(1).toString("utf8")}`;
      });
      socket.on("close", () => {
        const [, stdout = "", stderr = "", error = ""] = texts;
        resolve({ stdout, stderr, status: JSON.parse(error) as { status: string } });
      });
    });
  }

  /** The cluster's OIDC provider, and a role for all of its ServiceAccounts. Returns the role's ARN. */
  async createIrsaRole(): Promise<string> {
    const iam = iamClient(this.lab.aws);
    const host = this.cluster.issuerUrl.replace("https://", "");
    const audience = "sts.amazonaws.com";
    const provider = await iam.send(
      new CreateOpenIDConnectProviderCommand({ Url: this.cluster.issuerUrl, ClientIDList: [audience] }),
    );
    const trust = {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: provider.OpenIDConnectProviderArn },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: { StringEquals: { [`${host}:aud`]: audience } },
        },
      ],
    };
    const role = await iam.send(
      new CreateRoleCommand({ RoleName: "app", AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    return role.Role!.Arn!;
  }
}
