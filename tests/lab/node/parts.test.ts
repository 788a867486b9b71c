import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { BackOff, formatDelay } from "../../../lab/node/backOff";
import { findImage, withDefaultTag } from "../../../lab/node/images";
import type { ContainerState, ContainerStatus, Pod } from "../../../lab/node/objects";
import { PathTranslation, pathBelow } from "../../../lab/node/paths";
import { ProbeThresholds } from "../../../lab/node/probe";
import { fits } from "../../../lab/node/scheduler";
import { podStatus, type PodState } from "../../../lab/node/status";
import { terminationMessage } from "../../../lab/node/terminationMessage";
import { type Clock, renewalTime, TokenFile } from "../../../lab/node/tokens";
import { describedVariables, expand } from "../../../lab/node/variables";

describe("the node's parts: paths", () => {
  const paths = new PathTranslation();
  paths.add("/data/", "/real/a");
  paths.add("/data/inner", "/real/b");
  const cases: [string, string][] = [
    ["/data", "/real/a"],
    ["cat /data/x;ls /data/inner/y", "cat /real/a/x;ls /real/b/y"],
    ["file:///data/x", "file:///real/a/x"],
    ["A=/data:/data/inner", "A=/real/a:/real/b"],
    ['"/data"', '"/real/a"'],
    ["/data2 /data-x /data.d /home/data ./data ~/data $HOME/data ${HOME}/data", ""],
    ["https://host/data", ""],
  ];
  for (const [text, wanted] of cases) {
    it(`turn ${text} into ${wanted || "nothing else"}`, () => {
      assert.equal(paths.translate(text), wanted || text);
    });
  }

  it("do not lead out of a volume", () => {
    assert.equal(pathBelow("/v", "a/b"), "/v/a/b");
    for (const bad of ["../x", "/etc/passwd", "a/../../x"]) assert.throws(() => pathBelow("/v", bad), bad);
  });
});

describe("the node's parts: environment", () => {
  const pod: Pod = {
    metadata: { name: "web", namespace: "shop", uid: "u", labels: { app: "a" } },
    spec: { containers: [] },
  };
  const variables = (env: object[], data?: Record<string, Buffer>) =>
    describedVariables(
      pod,
      { name: "c", image: "i", env: env as never },
      () => Promise.resolve(data),
      "1.2.3.4",
    );

  it("expands what is known and leaves the rest", () => {
    assert.equal(expand("$(A)$$(A)$(B)$A$", { A: "1" }), "1$(A)$(B)$A$");
  });

  it("takes fields of the pod, and lets a variable refer to an earlier one only", async () => {
    const fieldRef = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
    const env = await variables([
      { name: "EARLY", value: "$(NAME)" },
      { name: "NAME", ...fieldRef("metadata.name") },
      { name: "APP", ...fieldRef("metadata.labels['app']") },
      { name: "IP", ...fieldRef("status.podIP") },
      { name: "LATE", value: "$(NAME)-$(IP)" },
    ]);
    assert.deepEqual(env, { EARLY: "$(NAME)", NAME: "web", APP: "a", IP: "1.2.3.4", LATE: "web-1.2.3.4" });
  });

  it("refuses what it cannot know", async () => {
    const ref = { name: "X", valueFrom: { secretKeyRef: { name: "s", key: "k" } } };
    await assert.rejects(variables([ref]), /^Error: secret "s" not found$/);
    await assert.rejects(variables([ref], {}), /couldn't find key k in Secret shop\/s/);
    const cpu = { name: "X", valueFrom: { resourceFieldRef: { resource: "limits.cpu" } } };
    await assert.rejects(variables([cpu]), /resourceFieldRef/);
  });
});

describe("the node's parts: images", () => {
  for (const name of [
    "amazon/aws-cli",
    "amazon/aws-cli:2.31.0",
    "docker.io/amazon/aws-cli",
    "public.ecr.aws/aws-cli/aws-cli:latest",
    "amazon/aws-cli@sha256:0000",
  ]) {
    it(`has ${name}`, () => {
      assert.deepEqual(findImage(name)?.entrypoint, ["aws"]);
    });
  }
  for (const name of ["nginx", "aws-cli", "me/aws-cli", "host:5000/amazon/aws-cli", "constructor"]) {
    it(`does not have ${name}`, () => {
      assert.equal(findImage(name), undefined);
    });
  }

  it("adds the tag that is meant", () => {
    assert.equal(withDefaultTag("host:5000/a"), "host:5000/a:latest");
    assert.equal(withDefaultTag("a:1"), "a:1");
  });
});

describe("the node's parts: back-off", () => {
  it("doubles from 10 s to 5 min, and begins anew after ten quiet minutes", () => {
    const backOff = new BackOff();
    const delays = Array.from({ length: 8 }, () => {
      const delay = backOff.delayAfter(0);
      backOff.next(0, 0);
      return formatDelay(delay);
    });
    assert.deepEqual(delays, ["0s", "10s", "20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s"]);
    assert.equal(backOff.delayAfter(600_000), 300_000);
    assert.equal(backOff.delayAfter(600_001), 0);
    backOff.next(600_001, 600_001);
    assert.equal(backOff.delayAfter(600_001), 10_000);
  });
});

describe("the node's parts: tokens", () => {
  const hour = { expirationSeconds: 3_600, expires: 3_600_000 };

  it("are renewed after four fifths of their life or a day, up to 10 s earlier", () => {
    assert.equal(renewalTime(hour, 0), 2_880_000);
    assert.equal(renewalTime(hour, 0.99), 2_871_000);
    const days = { expirationSeconds: 10 * 86_400, expires: 10 * 86_400_000 };
    assert.equal(renewalTime(days, 0), 86_400_000);
  });

  it("are replaced in their file when it is time, and kept when there is no new one", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "token-"));
    const file = path.join(folder, "token");
    let now = 0;
    const timers: { at: number; run: () => void }[] = [];
    const clock: Clock = {
      now: () => now,
      later: (milliseconds, run) => {
        const timer = { at: now + milliseconds, run };
        timers.push(timer);
        return () => timers.splice(timers.indexOf(timer), 1);
      },
    };
    const advance = async () => {
      const { at, run } = timers.shift()!;
      now = at;
      run();
      await new Promise(setImmediate);
      return at;
    };
    const answers: (string | Error)[] = ["first", new Error("away"), "second"];
    const failures: unknown[] = [];
    const request = () => {
      const answer = answers.shift();
      return typeof answer === "string"
        ? Promise.resolve({ token: answer, expirationSeconds: 3_600, expires: now + 3_600_000 })
        : Promise.reject(answer ?? new Error("none"));
    };
    const token = new TokenFile(file, request, { clock, chance: () => 0, failed: (e) => failures.push(e) });
    try {
      await token.start();
      assert.equal(fs.readFileSync(file, "utf8"), "first");
      assert.equal(fs.statSync(file).mode & 0o777, 0o600);
      assert.equal(await advance(), 2_880_000);
      assert.deepEqual([fs.readFileSync(file, "utf8"), failures.length], ["first", 1]);
      assert.equal(await advance(), 2_890_000);
      assert.equal(fs.readFileSync(file, "utf8"), "second");
      assert.deepEqual(fs.readdirSync(folder), ["token"]);
      token.stop();
      assert.equal(timers.length, 0);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});

describe("the node's parts: probes", () => {
  it("change a container's readiness only after as many of a kind as are asked for", () => {
    const thresholds = new ProbeThresholds({ successThreshold: 2, failureThreshold: 3 });
    const probes = [true, false, true, true, false, false, true, false, false, false, true];
    const ready = [false, false, false, true, true, true, true, true, true, false, false];
    assert.deepEqual(
      probes.map((one) => thresholds.count(one)),
      ready,
    );
  });
});

describe("the node's parts: termination message", () => {
  const fallback = { terminationMessagePolicy: "FallbackToLogsOnError", exitCode: 1 };
  const log = () => Array.from({ length: 100 }, (_, index) => `line ${index}`);

  it("is the end of the file, or of the log of a container that failed", () => {
    assert.equal(terminationMessage(Buffer.alloc(5_000, "x"), fallback, log).length, 4_096);
    const lines = terminationMessage(Buffer.alloc(0), fallback, log).split("\n");
    assert.deepEqual([lines[0], lines.at(-2), lines.length], ["line 20", "line 99", 81]);
    const long = terminationMessage(Buffer.alloc(0), fallback, () => ["y".repeat(9_000)]);
    assert.equal(Buffer.byteLength(long), 2_048);
    assert.equal(terminationMessage(Buffer.alloc(0), { ...fallback, exitCode: 0 }, log), "");
    assert.equal(terminationMessage(Buffer.alloc(0), { exitCode: 1 }, log), "");
  });
});

describe("the node's parts: scheduling", () => {
  const node = { name: "n", labels: { os: "linux", size: "5" } };
  const affinity = (...matchExpressions: object[]) => ({
    spec: {
      containers: [],
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] },
        },
      },
    } as Pod["spec"],
  });

  it("heeds the nodeSelector and the required node affinity", () => {
    const selecting = (nodeSelector: Record<string, string>) => ({ spec: { containers: [], nodeSelector } });
    assert.ok(fits(selecting({ os: "linux" }), node));
    assert.ok(!fits(selecting({ os: "windows" }), node));
    assert.ok(fits(affinity({ key: "os", operator: "In", values: ["a", "linux"] }), node));
    assert.ok(!fits(affinity({ key: "os", operator: "NotIn", values: ["linux"] }), node));
    assert.ok(!fits(affinity({ key: "gpu", operator: "Exists" }), node));
    assert.ok(fits(affinity({ key: "size", operator: "Gt", values: ["4"] }), node));
    assert.ok(!fits(affinity(), node));
  });
});

describe("the node's parts: status", () => {
  const ended = (exitCode: number): ContainerState => ({
    terminated: { exitCode, reason: "", startedAt: "", finishedAt: "" },
  });
  const running: ContainerState = { running: { startedAt: "" } };
  const waiting: ContainerState = { waiting: { reason: "" } };
  const one = (state: ContainerState, ready = false, lastState: ContainerState = {}): ContainerStatus => ({
    name: "c",
    image: "",
    imageID: "",
    ready,
    started: false,
    restartCount: 0,
    state,
    lastState,
  });
  const statusOf = (restartPolicy: "Always" | "OnFailure" | "Never", state: Partial<PodState>) => {
    const pod: Pod = {
      metadata: { name: "p", namespace: "n", uid: "u" },
      spec: { restartPolicy, containers: [] },
    };
    const whole = { init: [], main: [], prepared: true, ended: false, startTime: "", ...state };
    const { phase, conditions = [] } = podStatus(pod, whole, 0);
    const told = Object.fromEntries(
      conditions.map(({ type, status, reason, message }) => [
        type,
        [status, reason, message].join(" ").trim(),
      ]),
    );
    return { phase, Ready: told.Ready, Initialized: told.Initialized };
  };
  const unready = "False ContainersNotReady containers with unready status: [c]";

  it("is that of a kubelet for containers in any state", () => {
    const cases: [ReturnType<typeof statusOf>, string, string][] = [
      [statusOf("Always", { main: [one(waiting)] }), "Pending", unready],
      [statusOf("Always", { main: [one(running)] }), "Running", unready],
      [statusOf("Always", { main: [one(running, true)] }), "Running", "True"],
      [statusOf("Always", { main: [one(waiting, false, ended(1))] }), "Running", unready],
      [statusOf("Always", { main: [one(ended(0))] }), "Running", unready],
      [statusOf("Always", { main: [one(ended(0))], ended: true }), "Succeeded", "False PodCompleted"],
      [statusOf("OnFailure", { main: [one(ended(1))] }), "Running", unready],
      [statusOf("OnFailure", { main: [one(ended(0))] }), "Succeeded", "False PodCompleted"],
      [statusOf("Never", { main: [one(ended(0)), one(ended(1))] }), "Failed", "False PodFailed"],
      [statusOf("Never", { main: [one(ended(0)), one(running, true)] }), "Running", unready],
      [
        statusOf("Always", { main: [one(running, true)], failure: { reason: "r", message: "m" } }),
        "Failed",
        "False PodFailed",
      ],
    ];
    assert.deepEqual(
      cases.map(([{ phase, Ready }]) => [phase, Ready]),
      cases.map(([, phase, ready]) => [phase, ready]),
    );
  });

  it("waits for init containers", () => {
    const incomplete = "False ContainersNotInitialized containers with incomplete status: [c]";
    const main = [one(waiting)];
    const init = (state: ContainerStatus) => statusOf("Never", { init: [state], main });
    const told = [init(one(running)), init(one(ended(0), true)), init(one(ended(1)))];
    assert.deepEqual(
      told.map(({ phase, Initialized }) => [phase, Initialized]),
      [
        ["Pending", incomplete],
        ["Pending", "True"],
        ["Failed", incomplete],
      ],
    );
  });
});
