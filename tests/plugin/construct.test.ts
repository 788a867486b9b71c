import assert from "node:assert/strict";
import { FakeEngine } from "./fakeEngine";
import { PluginProcess, packageFolder } from "./pluginProcess";

describe("plugin: x", function () {
  this.timeout(120000);
  it("tries", async () => {
    const { folder, remove } = packageFolder();
    console.log("built", new Date());
    const engine = await new FakeEngine().start();
    const plugin = await PluginProcess.start(folder, engine);
    console.log("started", new Date());
    assert.equal((JSON.parse(await plugin.schema()) as {version: string}).version, "0.1.0");
    const inputs = { clusters: [{ name: "east", issuerUrl: "https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E", kubeconfig: "apiVersion: v1" }], serviceAccounts: [{ namespace: "default", name: "s3-reader" }] };
    console.log(JSON.stringify(await plugin.construct({ type: "MultiClusterIrsa", name: "app", inputs }).catch((e) => e), null, 1));
    console.log(engine.registered.map((r) => [r.type, r.name, r.parent, r.provider, JSON.stringify(r.hooks)]));
    console.log(await plugin.construct({ type: "MultiClusterIrsa", name: "bad", inputs: {...inputs, clusters: 3} }).catch((e) => e));
    const out = (value: unknown, secret = false) => ({ "4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", value, secret });
    console.log("LATE", await plugin.construct({ type: "MultiClusterIrsa", name: "late", inputs: {...inputs, clusters: [{...inputs.clusters[0], issuerUrl: out("http://x") }] }}).catch((e) => e));
    await new Promise((r) => setTimeout(r, 1000));
    console.log("LOGS", engine.logs, "PRINTED", plugin.printed);
    plugin.stop(); engine.stop(); remove();
  });
});
