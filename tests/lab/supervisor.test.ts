import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createLocalJWKSet, decodeJwt, jwtVerify } from "jose";
import type { JSONWebKeySet } from "jose";
import { apiRequest } from "../../lab/kubernetes/request";
import { forgeToken, requestToken } from "../../lab/kubernetes/tokens";
import { clusterApi } from "../../lab/kubernetes/client";
import { setUp, silentProgress } from "../../lab/setup";
import { cacheRoot } from "../../lab/setup/cache";
import { type LabWithoutStranger, startLab } from "../../lab/supervisor/client";
import { findLab, keptLabs, stopLab } from "../../lab/supervisor/kept";
import { processesOfRun } from "../../lab/supervisor/marker";
import { STARTER } from "../../lab/supervisor/signals";
import { exists, identifySelf, pause } from "../../lab/supervisor/processes";
import { reapStaleRuns } from "../../lab/supervisor/reap";
import { createRunFolder, writeRecord } from "../../lab/supervisor/runs";
import type { LabBinaries } from "../../lab/types";
import { type Described, Footprint, listeningAddresses, NOTHING } from "./labProcesses";

const LOOPBACK = "0100007F";

/** Starts the program of labClient.ts and waits for the lab's description. */
function startClient(
  ...args: string[]
): Promise<{ client: ChildProcess; lab: Described; errors: () => string }> {
  const client = spawn(process.execPath, ["--import", "tsx", path.join(__dirname, "labClient.ts"), ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, [STARTER]: String(process.pid) },
  });
  let output = "";
  let errors = "";
  return new Promise((resolve, reject) => {
    client.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    client.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.endsWith("\n")) {
        resolve({ client, lab: JSON.parse(output) as Described, errors: () => errors });
      }
    });
    client.once("exit", (code) => {
      reject(new Error(`the client ended with ${code ?? "a signal"}: ${errors}`));
    });
  });
}

/** Processes of a run that would end with the command that started it; told on Linux only. */
function tiedToStarter(runId: string): number[] {
  const pids = process.platform === "linux" ? processesOfRun(runId) : [];
  return pids.filter((pid) => fs.readFileSync(`/proc/${pid}/environ`, "latin1").includes(`${STARTER}=`));
}

function exitOf(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return Promise.resolve(child.exitCode ?? child.signalCode);
  }
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      resolve(code ?? signal);
    });
  });
}

async function untilGone(pid: number): Promise<void> {
  while (exists(pid)) {
    await pause(20);
  }
}

describe("lab", function () {
  this.timeout(120_000);
  let binaries: LabBinaries;
  let root: string;
  const usersRoot = process.env.EKS_IRSA_LAB_CACHE;

  before(async function () {
    this.timeout(1_800_000); // on a machine that has nothing yet, programs are built
    binaries = await setUp({ progress: silentProgress });
    // From here on a folder of these tests' own, where nobody else clears away dead runs.
    root = fs.mkdtempSync(path.join(os.tmpdir(), "lab-test-"));
    process.env.EKS_IRSA_LAB_CACHE = root;
    process.env.LAB_TEST_BINARIES = JSON.stringify(binaries);
  });

  after(() => {
    if (usersRoot === undefined) {
      delete process.env.EKS_IRSA_LAB_CACHE;
    } else {
      process.env.EKS_IRSA_LAB_CACHE = usersRoot;
    }
    delete process.env.LAB_TEST_BINARIES;
    fs.rmSync(root, { recursive: true });
  });

  describe("while it runs", () => {
    let lab: LabWithoutStranger;
    const issuerId = "0123456789ABCDEF0123456789ABCDEF";

    before(async () => {
      lab = await startLab({
        binaries,
        clusters: ["ireland"],
        stranger: false,
        issuerIds: { ireland: issuerId },
        signalHandling: false,
      });
    });

    after(() => lab.stop());

    function onlyCluster() {
      assert.deepEqual(
        lab.clusters.map(({ name, region }) => [name, region]),
        [["ireland", "eu-west-1"]],
      );
      return lab.clusters[0]!;
    }

    async function keysOf() {
      const answer = await apiRequest(onlyCluster(), { path: "/openid/v1/jwks" });
      return createLocalJWKSet(JSON.parse(answer.body) as JSONWebKeySet);
    }

    it("shows anybody the discovery document of the issuer it was given", async () => {
      const cluster = onlyCluster();
      const answer = await apiRequest(cluster, { path: "/.well-known/openid-configuration" });
      const { issuer, jwks_uri } = JSON.parse(answer.body) as Record<string, string>;
      assert.equal(issuer, `https://oidc.eks.eu-west-1.amazonaws.com/id/${issuerId}`);
      assert.equal(cluster.issuerUrl, issuer);
      assert.equal(jwks_uri, `${cluster.endpoint}/openid/v1/jwks`);
    });

    it("shows anybody nothing else", async () => {
      const answer = await apiRequest(onlyCluster(), { path: "/api/v1/namespaces/default/serviceaccounts" });
      assert.equal(answer.status, 403);
    });

    it("issues tokens for ServiceAccounts that its keys verify", async () => {
      const token = await requestToken(onlyCluster(), "default", "default", { expirationSeconds: 700 });
      const { payload } = await jwtVerify(token, await keysOf(), {
        issuer: onlyCluster().issuerUrl,
        audience: "sts.amazonaws.com",
      });
      assert.equal(payload.sub, "system:serviceaccount:default:default");
      assert.equal(payload.exp! - payload.iat!, 700);
    });

    it("issues tokens for another audience when asked", async () => {
      const token = await requestToken(onlyCluster(), "default", "default", { audience: "somebody-else" });
      assert.deepEqual(decodeJwt(token).aud, ["somebody-else"]);
    });

    it("issues no token for a ServiceAccount that it does not have", async () => {
      await assert.rejects(
        requestToken(onlyCluster(), "default", "nobody"),
        /no token for default\/nobody: 404/,
      );
    });

    it("has its key sign what a test forges, so that only what is forged is wrong with it", async () => {
      const signingKey = fs.readFileSync(onlyCluster().signingKeyPath, "utf8");
      const claims = { issuer: onlyCluster().issuerUrl, subject: "system:serviceaccount:a:b" };
      const keys = await keysOf();
      const { payload } = await jwtVerify(forgeToken(signingKey, claims), keys, {
        audience: "sts.amazonaws.com",
      });
      assert.equal(payload.sub, "system:serviceaccount:a:b");
      const expired = forgeToken(signingKey, { ...claims, issuedAt: 1_000_000_000 });
      await assert.rejects(jwtVerify(expired, keys), { code: "ERR_JWT_EXPIRED" });
    });

    it("refuses a pod whose ServiceAccount is absent, as EKS does", async () => {
      const pod = {
        metadata: { name: "p" },
        spec: { serviceAccountName: "nobody", containers: [{ name: "c", image: "i" }] },
      };
      const creating = clusterApi(onlyCluster()).core.createNamespacedPod({
        namespace: "default",
        body: pod,
      });
      await assert.rejects(creating, /error looking up service account default\/nobody/);
    });

    it("listens on loopback only", function () {
      if (process.platform !== "linux") {
        this.skip();
      }
      const addresses = listeningAddresses(processesOfRun(lab.runId));
      // etcd for clients and for peers, an API server, moto, the front
      assert.ok(addresses.length >= 5, `it listens on ${addresses.length} sockets only`);
      assert.deepEqual([...new Set(addresses)], [LOOPBACK]);
    });

    it("keeps its folder from other users", () => {
      assert.equal(fs.statSync(lab.directory).mode & 0o777, 0o700);
    });

    it("is found by its id", () => {
      assert.equal(findLab(lab.runId)?.directory, lab.directory);
    });

    it("is not taken for a stale one", async () => {
      assert.ok(!(await reapStaleRuns(cacheRoot())).includes(lab.runId));
      assert.equal((await apiRequest(onlyCluster(), { path: "/openid/v1/jwks" })).status, 200);
    });
  });

  it("is gone when it is stopped, and another one beside it stays", async () => {
    const options = { binaries, clusters: ["ireland"], stranger: false, signalHandling: false } as const;
    const [first, second] = await Promise.all([startLab(options), startLab({ ...options })]);
    try {
      const footprint = new Footprint(first);
      assert.equal((await footprint.left()).ports.length, 2);
      await first.stop();
      assert.deepEqual(await footprint.left(), NOTHING);
      assert.equal((await apiRequest(second.clusters[0]!, { path: "/openid/v1/jwks" })).status, 200);
      assert.notEqual(first.clusters[0]!.issuerUrl, second.clusters[0]!.issuerUrl);
    } finally {
      await Promise.all([first.stop(), second.stop()]);
    }
  });

  it("is gone when its client is killed, with what the client had started in it", async () => {
    const { client, lab } = await startClient("wait", "virginia-blue");
    const footprint = new Footprint(lab);
    assert.equal((await footprint.left()).ports.length, 2);
    client.kill("SIGKILL");
    assert.deepEqual(await footprint.leftInTheEnd(), NOTHING);
  });

  it("is gone when its client's parent is killed", async () => {
    const script = `
      const { spawn } = require("node:child_process");
      spawn(process.execPath, ${JSON.stringify(["--import", "tsx", path.join(__dirname, "labClient.ts"), "wait"])}, { stdio: "inherit" });
    `;
    const parent = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const output = await new Promise<string>((resolve) =>
      parent.stdout.setEncoding("utf8").once("data", resolve),
    );
    const footprint = new Footprint(JSON.parse(output) as Described);
    assert.equal((await footprint.left()).folder, true);
    parent.kill("SIGKILL");
    assert.deepEqual(await footprint.leftInTheEnd(), NOTHING);
  });

  for (const [signal, exitCode] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    it(`is gone before its client ends with ${exitCode} at ${signal}`, async () => {
      const { client, lab } = await startClient("wait");
      const footprint = new Footprint(lab);
      client.kill(signal);
      assert.equal(await exitOf(client), exitCode);
      assert.deepEqual(await footprint.left(), NOTHING);
    });
  }

  it("is gone when its supervisor is killed, and the client says so", async () => {
    const { client, lab, errors } = await startClient("wait");
    const footprint = new Footprint(lab);
    process.kill(lab.supervisorPid, "SIGKILL");
    assert.equal(await exitOf(client), 1);
    assert.match(errors(), /The lab's supervisor ended; everything of the lab was ended too/);
    assert.deepEqual(await footprint.leftInTheEnd(), NOTHING);
  });

  it("clears away, at its start, what a run left whose client and supervisor were both killed", async () => {
    const { client, lab: dead } = await startClient("wait");
    const footprint = new Footprint(dead);
    // Stopped, neither can see the other die.
    process.kill(dead.supervisorPid, "SIGSTOP");
    client.kill("SIGKILL");
    await exitOf(client);
    process.kill(dead.supervisorPid, "SIGKILL");
    await untilGone(dead.supervisorPid);
    assert.ok((await footprint.left()).folder);
    const log: string[] = [];
    const lab = await startLab({
      binaries,
      clusters: [],
      stranger: false,
      signalHandling: false,
      log: (line) => log.push(line),
    });
    await lab.stop();
    assert.deepEqual(await footprint.leftInTheEnd(), NOTHING);
    assert.ok(log.includes(`cleared away what run ${dead.runId} had left`), log.join("\n"));
  });

  it("runs on when it is detached, until it is stopped by name", async () => {
    const { client, lab } = await startClient("detach", "ireland");
    const footprint = new Footprint(lab);
    assert.equal(await exitOf(client), 0);
    assert.ok(!(await reapStaleRuns(cacheRoot())).includes(lab.runId));
    assert.equal((await apiRequest(lab.clusters[0]!, { path: "/openid/v1/jwks" })).status, 200);
    const found = keptLabs().find(({ runId }) => runId === lab.runId);
    assert.equal(found?.aws.endpointUrl, lab.aws.endpointUrl);
    assert.deepEqual(tiedToStarter(lab.runId), []);
    await stopLab(lab);
    assert.deepEqual(await footprint.left(), NOTHING);
  });

  it("says what the log of a part says that does not start, and leaves nothing", async () => {
    const broken = path.join(root, "kube-apiserver");
    fs.writeFileSync(broken, "#!/bin/sh\necho 'unknown flag: --what' >&2\nexit 3\n", { mode: 0o755 });
    const starting = startLab({
      binaries: { ...binaries, kubeApiServer: broken },
      clusters: ["ireland"],
      stranger: false,
      signalHandling: false,
    });
    await assert.rejects(starting, (error: Error) => {
      assert.match(error.message, /kube-apiserver-ireland ended while it was starting \(exit code 3\)/);
      assert.match(error.message, /unknown flag: --what/);
      const directory = /\((\S+)\/logs\/kube-apiserver-ireland\.log\)/.exec(error.message)?.[1] ?? "";
      assert.equal(path.dirname(directory), path.join(root, "runs"));
      assert.equal(fs.existsSync(directory), false);
      assert.deepEqual(processesOfRun(path.basename(directory)), []);
      return true;
    });
  });
});

describe("reaping", () => {
  let root: string;

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "reap-test-"));
  });

  afterEach(() => {
    fs.rmSync(root, { recursive: true });
  });

  function makeRun(runId: string, record: Partial<Parameters<typeof writeRecord>[1]>): string {
    const directory = path.join(root, "runs", runId);
    createRunFolder(directory);
    writeRecord(directory, { runId, client: identifySelf(), children: [], kept: false, ...record });
    return directory;
  }

  const gone = { ...identifySelf(), startTime: "before this pid was given away again" };
  const elsewhere = { ...identifySelf(), machine: "another container" };

  it("takes a pid that now is another process for gone, and does not end that process", async () => {
    const directory = makeRun("a", { client: gone, supervisor: gone, children: [gone] });
    assert.deepEqual(await reapStaleRuns(root), ["a"]);
    assert.equal(fs.existsSync(directory), false);
  });

  it("leaves a run whose client is just starting it", async () => {
    makeRun("a", {});
    assert.deepEqual(await reapStaleRuns(root), []);
  });

  it("leaves a kept run whose client is gone", async () => {
    makeRun("a", { client: gone, supervisor: identifySelf(), kept: true });
    assert.deepEqual(await reapStaleRuns(root), []);
  });

  it("takes a kept run away whose supervisor is gone", async () => {
    makeRun("a", { supervisor: gone, kept: true });
    assert.deepEqual(await reapStaleRuns(root), ["a"]);
  });

  it("leaves a run of another container until it has not been touched for a day", async () => {
    const directory = makeRun("a", { client: elsewhere, supervisor: elsewhere });
    assert.deepEqual(await reapStaleRuns(root), []);
    const longAgo = Date.now() / 1_000 - 2 * 24 * 3_600;
    fs.utimesSync(directory, longAgo, longAgo);
    assert.deepEqual(await reapStaleRuns(root), ["a"]);
  });

  it("leaves the logs of a failed run unless it is asked to take them too", async () => {
    makeRun("a", { client: gone, supervisor: gone, finished: true });
    assert.deepEqual(await reapStaleRuns(root), []);
    assert.deepEqual(await reapStaleRuns(root, { finishedToo: true }), ["a"]);
  });
});
