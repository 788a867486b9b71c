import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError, KubernetesClient } from "../../../lab/plugins/kubernetes/client";
import { activeCluster, activeUser, parseKubeconfig } from "../../../lab/plugins/kubernetes/kubeconfig";
import type { Properties } from "../../../lab/plugins/shared/values";
import { FakeApi, refusal } from "./kubernetesFakeApi";

describe("kubernetes plugin: client", () => {
  let api: FakeApi;
  let folder: string;

  beforeEach(async () => {
    api = await FakeApi.start();
    folder = mkdtempSync(join(tmpdir(), "client-"));
  });

  afterEach(async () => {
    await api.stop();
    rmSync(folder, { recursive: true });
  });

  const clientFor = (user: Properties) => new KubernetesClient({ server: api.url }, user);

  /** The header that the server got. */
  async function authorizationOf(user: Properties): Promise<string | undefined> {
    await clientFor(user).request({ path: "/api/v1" });
    return api.requests.at(-1)!.headers.authorization;
  }

  /** A credential plugin that counts its runs, and gives another token each time. */
  function credentialPlugin(more = ""): { exec: Properties; runs: () => number } {
    const command = join(folder, "get-token");
    const log = join(folder, "runs");
    writeFileSync(
      command,
      `#!/bin/sh
echo run >> ${log}
echo '{"kind":"ExecCredential","status":{"token":"'$PREFIX-$1-$(wc -l < ${log} | tr -d ' ')'"${more}}}'
`,
    );
    chmodSync(command, 0o755);
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1beta1",
      command,
      args: ["blue"],
      env: [{ name: "PREFIX", value: "token" }],
    };
    const runs = () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").length - 1 : 0);
    return { exec, runs };
  }

  it("proves itself by token, token file, password, or not at all", async () => {
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, "from-file\n");
    assert.equal(await authorizationOf({ token: "abc" }), "Bearer abc");
    assert.equal(await authorizationOf({ tokenFile }), "Bearer from-file");
    assert.equal(await authorizationOf({ username: "u", password: "p" }), "Basic dTpw");
    assert.equal(await authorizationOf({}), undefined);
  });

  it("asks a credential plugin, with its arguments and environment, once", async () => {
    const { exec, runs } = credentialPlugin();
    const client = clientFor({ exec });
    await client.request({ path: "/api/v1" });
    await client.request({ path: "/api/v1" });
    assert.deepEqual(
      api.requests.map(({ headers }) => headers.authorization),
      ["Bearer token-blue-1", "Bearer token-blue-1"],
    );
    assert.equal(runs(), 1);
  });

  it("asks it again when the credentials have run out, or are refused", async () => {
    const expired = credentialPlugin(`,"expirationTimestamp":"2001-01-01T00:00:00Z"`);
    const client = clientFor({ exec: expired.exec });
    await client.request({ path: "/api/v1" });
    await client.request({ path: "/api/v1" });
    assert.equal(expired.runs(), 2);

    api.intercept = ({ headers }) =>
      headers.authorization === "Bearer token-blue-3"
        ? refusal(401, "Unauthorized", "Unauthorized")
        : undefined;
    const lasting = credentialPlugin();
    await clientFor({ exec: lasting.exec }).request({ path: "/api/v1" });
    assert.equal(api.requests.at(-1)!.headers.authorization, "Bearer token-blue-4");
  });

  it("tells why a credential plugin failed, and how to get a missing one", async () => {
    const apiVersion = "client.authentication.k8s.io/v1";
    const failing = { exec: { apiVersion, command: "sh", args: ["-c", "echo no session >&2; exit 3"] } };
    await assert.rejects(clientFor(failing).request({ path: "/x" }), /executable sh failed: no session/);
    const missing = { exec: { apiVersion, command: join(folder, "none"), installHint: "install it" } };
    await assert.rejects(clientFor(missing).request({ path: "/x" }), /ENOENT\ninstall it/);
  });

  it("gives the body of a DELETE its length", async () => {
    api.objects.set("/x", {});
    const client = clientFor({});
    await client.request({ method: "DELETE", path: "/x", body: { kind: "DeleteOptions" } });
    assert.equal(api.requests[0]!.headers["content-length"], "24");
    assert.deepEqual(api.requests[0]!.body, { kind: "DeleteOptions" });
  });

  it("fails with the server's own words, code and reason", async () => {
    api.intercept = () => refusal(403, "Forbidden", "pods is forbidden: no");
    await assert.rejects(clientFor({}).request({ path: "/x" }), (error: ApiError) => {
      assert.deepEqual(
        [error.message, error.code, error.reason],
        ["pods is forbidden: no", 403, "Forbidden"],
      );
      return true;
    });
  });

  it("says that nobody answers as Go says it", async () => {
    const client = clientFor({});
    await client.request({ path: "/api/v1" }); // the connection is kept, and broken then
    await api.stop();
    const { host } = new URL(api.url);
    await assert.rejects(client.request({ path: "/api/v1" }), {
      message: `Get "${api.url}/api/v1": dial tcp ${host}: connect: connection refused`,
    });
  });
});

describe("kubernetes plugin: kubeconfig", () => {
  const yaml = `
apiVersion: v1
kind: Config
current-context: one
clusters:
- {name: c1, cluster: {server: "https://one"}}
- {name: c2, cluster: {server: "https://two"}}
contexts:
- {name: one, context: {cluster: c1, user: u1, namespace: apps}}
- {name: two, context: {cluster: c2, user: u2}}
users:
- {name: u1, user: {token: t1}}
`;

  it("is read as YAML, as JSON, as a map and from a file", () => {
    const folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
    try {
      const file = join(folder, "config");
      writeFileSync(file, yaml);
      const map = {
        "current-context": "one",
        clusters: [{ name: "c1", cluster: { server: "https://one" } }],
      };
      const contexts = [{ name: "one", context: { cluster: "c1" } }];
      for (const value of [yaml, file, { ...map, contexts }, JSON.stringify({ ...map, contexts })]) {
        assert.deepEqual(activeCluster(parseKubeconfig(value), {}), { server: "https://one" });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("follows the provider's context and cluster before its own", () => {
    const config = parseKubeconfig(yaml);
    assert.deepEqual(activeUser(config, {}), { token: "t1" });
    assert.deepEqual(activeCluster(config, { context: "two" }), { server: "https://two" });
    assert.deepEqual(activeCluster(config, { cluster: "c2" }), { server: "https://two" });
    assert.equal(activeCluster(config, { context: "none" }), undefined);
  });

  it("that is none is refused", () => {
    assert.throws(() => parseKubeconfig("just words"), /failed to parse kubeconfig/);
    assert.throws(() => parseKubeconfig("{"), /failed to parse kubeconfig/);
  });
});
