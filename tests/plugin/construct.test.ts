import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { ResourceHookRequest } from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { OF_ONE_ROLE } from "../../components/fleetOutputs";
import * as everything from "../../index";
import { version } from "../../package.json";
import { consumer } from "../support/consumers";
import { UNKNOWN } from "./fakeEngine";
import { packageFolder, start, type Running } from "./pluginProcess";
import { BINDINGS, CLUSTER, clusterOf, ISSUER, lately, secretly } from "./wire";

const PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";
const ROLE = "aws:iam/role:Role";
const KUBERNETES = "pulumi:providers:kubernetes";
const SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount";

describe("plugin: components of a program in another language", function () {
  consumer("Construct");
  this.timeout(120_000);
  const packaged = packageFolder();
  let update: Running;
  let preview: Running;
  before(async () => {
    [update, preview] = await Promise.all([start(packaged.folder), start(packaged.folder, { dryRun: true })]);
  });
  after(() => {
    update.stop();
    preview.stop();
    packaged.remove();
  });

  it("are what the package's folder serves to the runner only; whoever else loads the folder has the package", () => {
    const load = `console.log(Object.keys(require(${JSON.stringify(packaged.folder)})).join())`;
    const { stdout } = spawnSync(process.execPath, ["-e", load], { encoding: "utf8" });
    assert.deepEqual(stdout.trim().split(",").sort(), Object.keys(everything).sort());
  });

  it("are made from plain values, with every output of the schema, by the package without a compiler", async () => {
    const { engine, plugin } = update;
    const schema = JSON.parse(await plugin.schema()) as {
      version: string;
      resources: Record<string, { properties: object }>;
    };
    const inputs = {
      clusters: [CLUSTER],
      serviceAccounts: BINDINGS,
      role: null,
      tags: { team: "a", none: null },
    };
    const { urn, state } = await plugin.construct({ type: "MultiClusterIrsa", name: "app", inputs });

    assert.equal(schema.version, version);
    assert.match(urn, /::eks-irsa:index:MultiClusterIrsa::app$/);
    const { properties } = schema.resources["eks-irsa:index:MultiClusterIrsa"]!;
    assert.deepEqual(Object.keys(state).sort(), Object.keys(properties).sort());
    assert.equal(state["roleArn"], "arn:aws:iam::123456789012:role/app");
    assert.match(String(state["trustPolicyJson"]), /"system:serviceaccount:default:s3-reader"/);
    assert.deepEqual(engine.ofType(ROLE)[0]!.inputs["tags"], { team: "a" });
    assert.equal(plugin.printed, "");
  });

  it("take nested Outputs, secrets and what is not known yet, in a preview and in an update", async () => {
    const inputs = (issuerUrl: unknown) => ({
      clusters: [
        {
          ...CLUSTER,
          issuerUrl,
          kubeconfig: lately("a kubeconfig", { secret: true, dependencies: ["urn:x"] }),
        },
      ],
      serviceAccounts: BINDINGS,
    });
    const unknown = await preview.plugin.construct({
      type: "MultiClusterIrsa",
      name: "app",
      inputs: inputs(lately(undefined)),
      dryRun: true,
    });
    assert.equal(unknown.state["trustPolicyJson"], UNKNOWN);
    assert.equal(preview.engine.ofType(SERVICE_ACCOUNT).length, 1);

    const made = {
      type: "MultiClusterIrsa",
      name: "nested",
      inputs: inputs(lately(clusterOf("ABCDEF").issuerUrl)),
    };
    const { state } = await update.plugin.construct(made);
    assert.match(String(state["trustPolicyJson"]), /oidc\.eks\.us-east-1/);
    const provider = update.engine.called(KUBERNETES, "nested/east");
    assert.deepEqual(provider.inputs["kubeconfig"], secretly("a kubeconfig"));
    const component = JSON.stringify(update.engine.ofType("eks-irsa:index:MultiClusterIrsa"));
    assert.ok(!component.includes("a kubeconfig"));
  });

  it("take a whole list of clusters that comes as a secret Output, such as one that another stack exports", async () => {
    const { engine, plugin } = update;
    const listed = [{ ...clusterOf("ABCDE0"), kubeconfig: "a kubeconfig" }];
    const clusters = lately(listed, { secret: true, dependencies: ["urn:stack"] });
    const inputs = { clusters, serviceAccounts: BINDINGS };
    await plugin.construct({ type: "MultiClusterIrsa", name: "listed", inputs });
    assert.deepEqual(engine.called(KUBERNETES, "listed/east").inputs["kubeconfig"], secretly("a kubeconfig"));
    assert.ok(engine.called(SERVICE_ACCOUNT, "listed/east/default/s3-reader"));
  });

  it("use the providers that the program gives them", async () => {
    const { engine, plugin } = update;
    const { kubeconfig: _, ...reached } = clusterOf("ABCDE1");
    const aws = "urn:pulumi:dev::fleet::pulumi:providers:aws::prod::id-1";
    const kubernetes = "urn:pulumi:dev::fleet::pulumi:providers:kubernetes::east::id-2";
    const inputs = { clusters: [reached], serviceAccounts: BINDINGS };
    const providers = { aws, kubernetes };
    await plugin.construct({ type: "MultiClusterIrsa", name: "given", inputs, providers });
    assert.equal(engine.called(ROLE, "given").provider, aws);
    assert.equal(engine.called(SERVICE_ACCOUNT, "given/east/default/s3-reader").provider, kubernetes);
    assert.ok(!engine.ofType(KUBERNETES).some(({ name }) => name.startsWith("given")));
  });

  it("have no outputs of one role with shards", async () => {
    const { plugin } = update;
    const clusters = [{ ...clusterOf("ABCDE2"), shard: "a" }];
    const inputs = { clusters, serviceAccounts: BINDINGS, trust: { shards: ["a"] } };
    const { state } = await plugin.construct({ type: "MultiClusterIrsa", name: "sharded", inputs });
    assert.deepEqual(
      OF_ONE_ROLE.filter((output) => output in state),
      [],
    );
    assert.deepEqual(Object.keys(state["shardRoles"] as object), ["a"]);
  });

  it("are made beside each other, and know of each other as in one program", async () => {
    const { engine, plugin } = update;
    const role = {
      clusters: [
        { name: "east", oidcProviderArn: `arn:aws:iam::123456789012:oidc-provider/${ISSUER.slice(8)}` },
      ],
      serviceAccounts: BINDINGS,
    };
    const own = { issuerUrl: lately(clusterOf("ABCDE3").issuerUrl) };
    const [one, other, provider] = await Promise.all([
      plugin.construct({ type: "IrsaRole", name: "one", inputs: role }),
      plugin.construct({ type: "IrsaRole", name: "other", inputs: role }),
      plugin.construct({ type: "ClusterOidcProvider", name: "east", inputs: own }),
    ]);
    assert.equal(one.state["roleName"], "one");
    assert.equal(other.state["roleName"], "other");
    assert.match(String(provider.state["arn"]), /oidc-provider/);
    assert.ok(engine.called(ROLE, "one") !== engine.called(ROLE, "other"));
    await assert.rejects(
      plugin.construct({ type: "ClusterOidcProvider", name: "again", inputs: own }),
      /ClusterOidcProvider "again": .*\n.*issuerUrl is ".*", whose OIDC provider .* is made by ClusterOidcProvider "east"/,
    );
  });

  it("have hooks that the engine calls in the plugin, under the same names in each run", async () => {
    const inputs = { clusters: [clusterOf("ABCDE4")], serviceAccounts: BINDINGS };
    const hookOf = async ({ engine, plugin }: Running, dryRun: boolean) => {
      await plugin.construct({ type: "MultiClusterIrsa", name: "hooked", inputs, dryRun });
      return engine.called(ROLE, "hooked").hooks!.beforeUpdateList[0]!;
    };
    const name = await hookOf(update, false);
    assert.equal(await hookOf(preview, true), name);

    const { engine } = update;
    const role = engine.called(ROLE, "hooked");
    const request = new ResourceHookRequest();
    request.setOldInputs(
      Struct.fromJavaScript({ assumeRolePolicy: String(role.inputs["assumeRolePolicy"]) }),
    );
    request.setNewInputs(
      Struct.fromJavaScript({ assumeRolePolicy: '{"Version":"2012-10-17","Statement":[]}' }),
    );
    assert.equal(await engine.callHook(name, request), "");
    const warned = engine.logs.filter(({ severity }) => severity === 2).map(({ message }) => message);
    assert.match(warned.join("\n"), /the role stops accepting IRSA's tokens/);
  });

  it("share a hook among the resources that are watched for the same reason, and none with another component", async () => {
    const inputs = (...ids: string[]) => ({
      clusters: ids.map((id) => ({ ...clusterOf(id), name: `cluster-${id.toLowerCase()}` })),
      serviceAccounts: BINDINGS,
    });
    const { engine, plugin } = update;
    await plugin.construct({ type: "MultiClusterIrsa", name: "many", inputs: inputs("ABCDE5", "ABCDE6") });
    await plugin.construct({ type: "MultiClusterIrsa", name: "single", inputs: inputs("ABCDE7") });
    const hooksOf = (provider: string) => engine.called(PROVIDER, provider).hooks!.beforeCreateList;
    const shared = hooksOf("many/cluster-abcde5");
    assert.equal(shared.length, 1);
    assert.deepEqual(hooksOf("many/cluster-abcde6"), shared);
    assert.notDeepEqual(hooksOf("single/cluster-abcde7"), shared);
  });
});
