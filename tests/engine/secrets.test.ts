import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EngineEvent, PulumiFn } from "@pulumi/pulumi/automation";
import { IdentityMode, MultiClusterIrsa } from "../../index";
import { engineEnvironment, projectFolders } from "../../lab/engine/environment";
import type { EngineStack } from "../../lab/engine/workspace";
import { adminToken } from "../../lab/kubernetes/kubeconfig";
import { CertificateAuthority } from "../../lab/kubernetes/pki";
import { SIGNATURE } from "../../lab/plugins/shared/values";
import { describeEngine, outputsOf, type Scope } from "./lab";
import { TYPE } from "./support";
import { foundIn, type Secrets } from "../support/secretSearch";

/** Everything that a run leaves behind, or shows, by what it is called. */
type Traces = Record<string, string>;

/** A kubeconfig that has a client certificate and its key beside the token. */
function withClientKey(kubeconfig: string, client: { certificate: string; privateKey: string }): string {
  const config = JSON.parse(kubeconfig) as { users: { user: Record<string, string> }[] };
  Object.assign(config.users[0]!.user, {
    "client-certificate-data": Buffer.from(client.certificate).toString("base64"),
    "client-key-data": Buffer.from(client.privateKey).toString("base64"),
  });
  return JSON.stringify(config);
}

/** The paths of all files below a folder. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

const readAll = (files: string[]): string => files.map((file) => readFileSync(file, "latin1")).join("\n");

/** The tokens that the nodes gave to the pods of a scope. */
function podTokens({ lab, namespace }: Scope): string[] {
  const files = filesBelow(join(lab.directory, "nodes")).filter(
    (file) => file.includes("token") && readFileSync(file, "latin1").startsWith("eyJ"),
  );
  return files
    .map((file) => readFileSync(file, "latin1"))
    .filter((token) => claimsOf(token).includes(`:${namespace}:`));
}

const claimsOf = (token: string): string => Buffer.from(token.split(".")[1]!, "base64url").toString();

/** Ids of AWS's keys for sessions, of which none is to be anywhere: each begins with these four letters. */
const SESSION_KEY = /\bASIA[A-Z0-9]{12,}/;

function secretsOf(scope: Scope, clientKey: string): Secrets {
  const { lab } = scope;
  const { aws: own, clusters, directory } = lab;
  const tokens = podTokens(scope);
  return {
    ...Object.fromEntries(clusters.map((cluster) => [`admin token of ${cluster.name}`, adminToken(cluster)])),
    ...Object.fromEntries(tokens.map((token, index) => [`ServiceAccount token ${index}`, token])),
    "client key": clientKey,
    "AWS secret key": own.secretAccessKey,
    ...Object.fromEntries(
      own.otherAccounts.map(({ accountId, secretAccessKey }) => [
        `AWS secret key of ${accountId}`,
        secretAccessKey,
      ]),
    ),
    passphrase: readFileSync(join(directory, "pulumi", "passphrase"), "latin1"),
  };
}

/**
 * Pulumi's own SDK for Node writes what comes of each resource into its debug log, secrets as well, and the engine puts that
 * among its events: https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/runtime/resource.ts ("RPC finished").
 * The command line shows it with --debug only. Nothing of this package can prevent it, so it is left out here, and nothing else.
 */
function isOfSdk({ diagnosticEvent }: EngineEvent): boolean {
  const { severity, message = "" } = diagnosticEvent ?? {};
  return String(severity) === "debug" && /^(RegisterResource|ReadResource) RPC finished: /.test(message);
}

/** The command line's export, in which secrets stay sealed: the Automation API's lays them open. */
async function sealedExport({ lab, project }: Scope, stack: EngineStack): Promise<string> {
  const options = { lab, binaries: lab.binaries, project, program: () => Promise.resolve({}) };
  const folders = projectFolders(options);
  const { stdout } = await promisify(execFile)(
    join(lab.binaries.pulumiRoot, "bin", "pulumi"),
    ["stack", "export", "--stack", stack.stack.name],
    {
      cwd: folders.work,
      env: { ...process.env, ...engineEnvironment(options, folders) },
      maxBuffer: 2 ** 26,
    },
  );
  return stdout;
}

/** Runs `up` and then a preview, and collects what they leave behind and tell. */
async function tracesOf(scope: Scope, stack: EngineStack, program: PulumiFn): Promise<Traces> {
  const events: EngineEvent[] = [];
  let text = "";
  const listen = {
    program,
    color: "never" as const,
    onEvent: (event: EngineEvent) => events.push(event),
    onOutput: (chunk: string) => (text += chunk),
    onError: (chunk: string) => (text += chunk),
  };
  const { outputs } = await stack.stack.up(listen);
  await stack.stack.preview(listen);
  const { lab, project } = scope;
  const folders = projectFolders({ lab, binaries: lab.binaries, project, program });
  return {
    state: readAll(filesBelow(folders.state)),
    settings: readAll(filesBelow(folders.work)),
    export: await sealedExport(scope, stack),
    events: asLines(events.filter((event) => !isOfSdk(event))),
    text,
    outputs: JSON.stringify(outputs),
  };
}

const asLines = (events: EngineEvent[]): string => events.map((event) => JSON.stringify(event)).join("\n");

describeEngine("engine: secrets", (newScope) => {
  let stack: EngineStack;
  let secrets: Secrets;
  let traces: Traces;
  let laidOpen: string;
  let planted: Traces;
  let resources: { type: string; inputs: Record<string, unknown>; outputs: Record<string, unknown> }[];

  before(async () => {
    const scope = await newScope({ pods: true });
    const { aws: own } = scope.lab;
    const client = await (await CertificateAuthority.create("secrets")).forClient("reader", "nobody");
    const { ireland, "virginia-blue": blue, "virginia-green": green } = scope.clusters;
    const { region = "" } = scope.lab.clusters.find(({ name }) => name === green.name) ?? {};
    const associated = {
      identity: IdentityMode.PodIdentity,
      clusterName: green.name,
      region,
      installAgent: true,
    };
    // A kubeconfig of each kind: plain text, an Output, and a secret one.
    const clusters = [
      { ...ireland, kubeconfig: withClientKey(ireland.kubeconfig, client) },
      { ...blue, kubeconfig: pulumi.output(blue.kubeconfig) },
      { ...green, ...associated, kubeconfig: pulumi.secret(green.kubeconfig) },
    ];
    const program = () => {
      const provider = new aws.Provider("role", {
        accessKey: own.accessKeyId,
        secretKey: own.secretAccessKey,
      });
      const args = {
        clusters,
        serviceAccounts: [{ namespace: scope.namespace, name: "reader" }],
        podIdentity: { settleSeconds: 0 },
        samplePod: {},
        verificationJob: {},
      };
      return Promise.resolve(outputsOf(new MultiClusterIrsa("app", args, { provider })));
    };
    stack = await scope.open(program);
    traces = await tracesOf(scope, stack, program);
    secrets = secretsOf(scope, client.privateKey);
    ({ resources } = (
      JSON.parse(traces.export!) as { deployment: { resources: typeof resources } }
    ).deployment);
    laidOpen = JSON.stringify(await stack.exportState());
    const leaky = async () => ({ ...(await program()), leak: ireland.kubeconfig });
    planted = await tracesOf(scope, stack, leaky);
  });

  // The scope does not know of what the Automation API was told to do directly.
  after(() => stack.destroy());

  it("are looked for in all that a run leaves behind", () => {
    for (const [name, trace] of Object.entries(traces)) assert.ok(trace.length > 100, name);
    const named = Object.keys(secrets);
    const count = (kind: string) => named.filter((name) => name.startsWith(kind)).length;
    assert.deepEqual(["admin token", "client key", "AWS secret key", "passphrase"].map(count), [3, 1, 5, 1]);
    // Each sample pod has its token for AWS, and may have one for its own API server.
    assert.ok(count("ServiceAccount token") >= 3, named.join(", "));
    for (const audience of ["sts.amazonaws.com", "pods.eks.amazonaws.com"]) {
      const tokens = named.filter((name) => name.startsWith("ServiceAccount token"));
      assert.ok(
        tokens.some((name) => claimsOf(secrets[name]!).includes(`"${audience}"`)),
        audience,
      );
    }
  });

  it("leave no trace of the sessions that pods were given", () => {
    for (const [name, trace] of Object.entries(traces)) assert.doesNotMatch(trace, SESSION_KEY, name);
  });

  it("stand nowhere: not in state, export, settings, events, text and outputs", () => {
    for (const [name, trace] of Object.entries(traces)) assert.deepEqual(foundIn(trace, secrets), [], name);
  });

  it("are kept sealed in the Kubernetes providers, and nowhere else", () => {
    const providers = resources.filter(({ type }) => type === TYPE.kubernetes);
    assert.equal(providers.length, 3);
    for (const { inputs, outputs } of providers) {
      for (const kubeconfig of [inputs.kubeconfig, outputs.kubeconfig]) {
        assert.deepEqual(Object.keys(kubeconfig as object).sort(), [SIGNATURE, "ciphertext"]);
      }
    }
    const others = resources.filter(({ type }) => type !== TYPE.kubernetes);
    assert.doesNotMatch(JSON.stringify(others), /kubeconfig/);
  });

  it("are found where they must be: in an export that lays them open", () => {
    const used = Object.keys(secrets).filter((name) =>
      /^(admin token|client key|AWS secret key$)/.test(name),
    );
    assert.deepEqual(foundIn(laidOpen, secrets), used);
  });

  it("are found where a program gives one out", () => {
    const found = Object.entries(planted).map(([name, trace]) => [name, foundIn(trace, secrets)]);
    const leak = ["admin token of ireland"];
    assert.deepEqual(Object.fromEntries(found), {
      state: leak,
      settings: [],
      export: leak,
      events: leak,
      text: leak,
      outputs: leak,
    });
  });
});
