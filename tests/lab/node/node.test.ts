import assert from "node:assert/strict";
import * as fs from "node:fs";
import { exists, pause } from "../../../lab/supervisor/processes";
import type { Pod } from "../../../lab/node/objects";
import { TestNode } from "./nodeFixture";

const TOKEN_FILE = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token";

const container = (pod: Pod) => pod.status?.containerStatuses?.[0];
const condition = (pod: Pod, type: string) => pod.status?.conditions?.find((one) => one.type === type);
const isReady = (pod: Pod) => condition(pod, "Ready")?.status === "True";
const waitsFor = (reason: string) => (pod: Pod) => container(pod)?.state.waiting?.reason === reason;

describe("a node of the lab", function () {
  this.timeout(180_000);
  let node: TestNode;

  before(async () => {
    node = await TestNode.start();
  });

  after(async () => {
    await (node as TestNode | undefined)?.stop();
  });

  it("runs a pod until its probe says ready, and answers for its logs and for commands in it", async () => {
    await node.shell("web", "echo one; echo two; touch ready; echo oops >&2; sleep 1000", {
      readinessProbe: { exec: { command: ["test", "-f", "ready"] }, periodSeconds: 1 },
      env: [
        { name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
        { name: "GREETING", value: "on $(NODE)" },
      ],
    });
    const pod = await node.until("web", isReady);
    assert.equal(pod.status?.phase, "Running");
    assert.equal(pod.spec.nodeName, node.name);
    assert.deepEqual(
      pod.status.conditions?.map(({ type, status }) => [type, status]).sort(),
      ["ContainersReady", "Initialized", "PodReadyToStartContainers", "PodScheduled", "Ready"].map((type) => [
        type,
        "True",
      ]),
    );
    assert.deepEqual((await node.logs("web")).trim().split("\n").sort(), ["one", "oops", "two"]);
    assert.match(await node.logs("web", "tailLines=1&timestamps=true"), /^\d{4}-[\dT:.-]+Z \w+\n$/);
    assert.equal((await node.logs("web", "limitBytes=2")).length, 2);
    await assert.rejects(node.askAsAnybody());

    const said = await node.exec("web", ["sh", "-c", "echo $GREETING; cat; ls; exit 3"], {
      input: "typed\n",
    });
    assert.equal(said.stdout, `on ${node.name}\ntyped\nready\n`);
    assert.deepEqual(said.status, {
      metadata: {},
      status: "Failure",
      message: "command terminated with non-zero exit code: exit status 3",
      reason: "NonZeroExitCode",
      details: { causes: [{ reason: "ExitCode", message: "3" }] },
    });
    const older = await node.exec("web", ["sh", "-c", "echo bad >&2"], { protocol: "v4.channel.k8s.io" });
    assert.deepEqual([older.stderr, older.status.status], ["bad\n", "Success"]);
    assert.equal((await node.exec("web", ["nothing-like-it"])).status.status, "Failure");

    const env = (await node.exec("web", ["env"])).stdout;
    assert.doesNotMatch(env, /AWS_ACCESS_KEY_ID|EKS_IRSA_LAB_STARTER|npm_/);
    const events = await node.events("web");
    for (const said of [
      /^Scheduled: /,
      /^Pulled: Container image .* already present/,
      /^Created: /,
      /^Started: /,
    ]) {
      assert.ok(
        events.some((event) => said.test(event)),
        `${String(said)} in ${events.join("\n")}`,
      );
    }
  });

  it("gives a pod with a token its role, and one without the node's", async () => {
    const roleArn = await node.createIrsaRole();
    const source = { audience: "sts.amazonaws.com", expirationSeconds: 86_400, path: "token" };
    const volume = { name: "aws-iam-token", projected: { sources: [{ serviceAccountToken: source }] } };
    const script = 'aws sts get-caller-identity --query Arn --output text > "$MESSAGE" 2>&1';
    const env = [
      { name: "MESSAGE", value: "/dev/termination-log" },
      { name: "AWS_DEFAULT_REGION", value: node.cluster.region },
    ];
    const once = { restartPolicy: "Never" };
    await node.shell(
      "with-role",
      script,
      {
        env: [
          ...env,
          { name: "AWS_ROLE_ARN", value: roleArn },
          { name: "AWS_WEB_IDENTITY_TOKEN_FILE", value: TOKEN_FILE },
        ],
        volumeMounts: [
          {
            name: volume.name,
            mountPath: "/var/run/secrets/eks.amazonaws.com/serviceaccount/",
            readOnly: true,
          },
        ],
      },
      { ...once, volumes: [volume] },
    );
    await node.shell("without-role", script, { env }, once);
    const done = (pod: Pod) => ["Succeeded", "Failed"].includes(pod.status?.phase ?? "");
    const said = async (name: string) => container(await node.until(name, done))?.state.terminated;
    const [own, nodes] = [await said("with-role"), await said("without-role")];
    assert.match(own?.message ?? "", /^arn:aws:sts::\d+:assumed-role\/app\//, JSON.stringify(own));
    assert.match(nodes?.message ?? "", /^arn:aws:sts::\d+:assumed-role\/eks-node\/i-[0-9a-f]{17}\n$/);
    assert.equal(condition(await node.get("with-role"), "Ready")?.reason, "PodCompleted");
  });

  it("starts a container that fails again, later each time, and tells its last words", async () => {
    await node.shell("crash", "echo the end; exit 7", { terminationMessagePolicy: "FallbackToLogsOnError" });
    const pod = await node.until("crash", waitsFor("CrashLoopBackOff"));
    const { uid } = pod.metadata;
    const status = container(pod);
    assert.equal(status?.restartCount, 1);
    assert.equal(
      status.state.waiting?.message,
      `back-off 10s restarting failed container=main pod=crash_default(${uid})`,
    );
    const { exitCode, reason, message } = status.lastState.terminated ?? {};
    assert.deepEqual({ exitCode, reason, message }, { exitCode: 7, reason: "Error", message: "the end\n" });
    assert.equal(pod.status?.phase, "Running");
    const ready = condition(pod, "Ready");
    assert.equal(ready?.message, "containers with unready status: [main]");
    const again = await node.until("crash", (one) => container(one)?.restartCount === 2);
    assert.equal(again.status?.phase, "Running");
    const previous = await node.logs("crash", "previous=true");
    assert.equal(previous, "the end\n");
    await node.delete("crash", 1);
  });

  it("says which images there are when another is asked for", async () => {
    await node.create("nginx", { containers: [{ name: "main", image: "nginx" }] });
    const pod = await node.until("nginx", waitsFor("ImagePullBackOff"));
    assert.equal(
      container(pod)?.state.waiting?.message,
      'Back-off pulling image "nginx:latest": ErrImagePull: the lab\'s node has only these images: amazon/aws-cli',
    );
    assert.equal(pod.status?.phase, "Pending");
    const log = await node.logs("nginx");
    assert.match(log, /is waiting to start: trying and failing to pull image/);
    await node.delete("nginx");
    await node.untilGone("nginx");
  });

  it("runs init containers one after the other, and nothing after one that fails", async () => {
    const image = "public.ecr.aws/aws-cli/aws-cli";
    const step = (name: string, script: string) => ({
      name,
      image,
      command: ["sh", "-c", script],
      volumeMounts: [{ name: "shared", mountPath: "/shared" }],
    });
    const rest = { restartPolicy: "Never", volumes: [{ name: "shared", emptyDir: {} }] };
    await node.create("steps", {
      initContainers: [step("one", "echo 1 >> /shared/x"), step("two", "echo 2 >> /shared/x")],
      containers: [step("main", "cat /shared/x; exec grep -c . /shared/x")],
      ...rest,
    });
    await node.until("steps", (pod) => pod.status?.phase === "Succeeded");
    assert.equal(await node.logs("steps"), "1\n2\n2\n");
    await node.create("stuck", {
      initContainers: [step("one", "exit 1")],
      containers: [step("main", "true")],
      ...rest,
    });
    const pod = await node.until("stuck", ({ status }) => status?.phase === "Failed");
    assert.equal(container(pod)?.state.waiting?.reason, "PodInitializing");
  });

  it("leaves a pod that fits no node unbound, and says why", async () => {
    await node.shell("windows", "true", {}, { nodeSelector: { "kubernetes.io/os": "windows" } });
    const pod = await node.until("windows", (one) => condition(one, "PodScheduled") !== undefined);
    assert.equal(pod.spec.nodeName, undefined);
    assert.equal(condition(pod, "PodScheduled")?.reason, "Unschedulable");
    assert.match(condition(pod, "PodScheduled")?.message ?? "", /didn't match Pod's node affinity/);
    await node.delete("windows");
  });

  it("does not start a pod whose volume it cannot make", async () => {
    const volumes = [{ name: "config", configMap: { name: "nothing" } }];
    const pod = await node.shell(
      "unmounted",
      "true",
      { volumeMounts: [{ name: "config", mountPath: "/c" }] },
      { volumes },
    );
    const wanted =
      'FailedMount: MountVolume.SetUp failed for volume "config" : configmap "nothing" not found';
    while (!(await node.events("unmounted")).includes(wanted)) await pause(100);
    assert.equal(container(await node.get("unmounted"))?.state.waiting?.reason, "ContainerCreating");
    await node.delete("unmounted");
    await node.untilGone(pod.metadata.name);
  });

  it("ends a pod that is deleted with all of its processes, and runs the next one of its name", async () => {
    // One process in a group of its own, as `timeout` makes it, and one that does not listen to SIGTERM.
    const script = "timeout 900 sleep 900 & (trap '' TERM; while :; do sleep 1; done) & echo $! > pids; wait";
    await node.shell("twice", script, {
      readinessProbe: { exec: { command: ["test", "-s", "pids"] }, periodSeconds: 1 },
    });
    await node.until("twice", isReady);
    const pids = async () =>
      (await node.exec("twice", ["sh", "-c", "cat pids; pgrep -s $(ps -o sess= -p $(cat pids))"])).stdout
        .trim()
        .split("\n")
        .map(Number);
    const before = await pids();
    assert.ok(before.length > 3 && before.every(exists), `processes: ${before.join(" ")}`);
    const first = await node.get("twice");
    await node.delete("twice", 2);
    await node.untilGone("twice");
    assert.deepEqual(before.filter(exists), []);
    assert.ok(!fs.existsSync(`${node.settings.directory}/${node.name}/${first.metadata.uid}`));
    await node.shell("twice", "sleep 1000");
    const second = await node.until("twice", isReady);
    assert.notEqual(second.metadata.uid, first.metadata.uid);
    await node.delete("twice", 0);
    await node.untilGone("twice");
  });

  it("fails a pod that takes too long", async () => {
    await node.shell(
      "slow",
      "sleep 1000",
      {},
      { activeDeadlineSeconds: 1, terminationGracePeriodSeconds: 1 },
    );
    const pod = await node.until("slow", (one) => container(one)?.state.terminated !== undefined);
    assert.equal(pod.status?.phase, "Failed");
    assert.equal(pod.status.reason, "DeadlineExceeded");
    assert.equal(container(pod)?.state.terminated?.exitCode, 143);
  });

  it("leaves no process behind when it is killed", async function () {
    if (process.platform !== "linux") this.skip();
    await node.shell("orphan", "timeout 900 sleep 900 & sh -c 'sleep 900; true' & echo $$$$ > pid; wait", {
      readinessProbe: { exec: { command: ["test", "-s", "pid"] }, periodSeconds: 1 },
    });
    await node.until("orphan", isReady);
    const list = await node.exec("orphan", ["sh", "-c", "pgrep -s $(cat pid)"]);
    const pids = list.stdout.trim().split("\n").map(Number);
    assert.ok(pids.length > 1, JSON.stringify(list));
    process.kill(node.pid, "SIGKILL");
    while (pids.some(exists)) await pause(50);
    await node.startProcess();
    const pod = await node.until("orphan", (one) => container(one)?.restartCount === 1 && isReady(one));
    assert.equal(pod.status?.phase, "Running");
  });
});
