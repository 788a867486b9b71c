import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { parse } from "yaml";
import { programEntry } from "../../lab/engine/program";
import { readPage } from "../docs/page";
import { ACCOUNT, FakeEngine, type Known } from "../plugin/fakeEngine";
import { providerArn } from "../support/fleet";
import { ROOT } from "../support/root";

const COMPONENT = "eks-irsa:index:MultiClusterIrsa";
const DEBUG: number = LogSeverity.DEBUG;
/** Each compiles its program, and checks the types of all that this imports. */
const PATIENCE = 5 * 60_000;

interface Project {
  name: string;
  runtime: string;
  main?: string;
}

const settingsIn = (folder: string) => parse(readFileSync(join(folder, "Pulumi.yaml"), "utf8")) as Project;

/** The clone's own project, and each in examples/ that Node runs. */
const projects = [
  ROOT,
  ...readdirSync(join(ROOT, "examples"), { withFileTypes: true, recursive: true })
    .filter(({ name }) => name === "Pulumi.yaml")
    .map(({ parentPath }) => parentPath)
    .filter((folder) => settingsIn(folder).runtime === "nodejs")
    .sort(),
];

/** What README of a project, or of the folder above it, has for it. */
function configOf(folder: string, project: string): Record<string, string> {
  const page = [folder, dirname(folder)].find((one) => readdirSync(one).includes("README.md"))!;
  const readme =
    folder === ROOT ? "examples/two-clusters/README.md" : relative(ROOT, join(page, "README.md"));
  const blocks = readPage(readme)
    .blocks.filter(({ language }) => language === "yaml")
    .map(({ text }) => (parse(text) as { config?: Record<string, unknown> }).config ?? {})
    .map((config) =>
      Object.entries(config).map(([key, value]): [string, string] => [
        key.replace(folder === ROOT ? "two-clusters:" : /^$/, "eks-irsa:"),
        (typeof value === "string" ? value : JSON.stringify(value)).replaceAll("111122223333", ACCOUNT),
      ]),
    );
  const own = blocks.find((entries) => entries.some(([key]) => key.startsWith(`${project}:`)));
  return { "aws:region": "us-east-1", ...Object.fromEntries(own ?? []) };
}

/** READMEs number the clusters that they know the issuers of. */
const NUMBERED = ["prod-blue", "prod-green", "prod-ireland"];
const issuerOf = (name: string, region: string) => {
  const number = NUMBERED.indexOf(name) + 1;
  const id =
    number > 0
      ? `EXAMPLE${`${number}`.padStart(25, "0")}`
      : createHash("md5").update(name).digest("hex").toUpperCase();
  return `https://oidc.eks.${region}.amazonaws.com/id/${id}`;
};

/** The clusters that a program looks up or makes, and the stack that it refers to. */
const KNOWN: Known = {
  invokes: {
    "aws:eks/getCluster:getCluster": ({ name, region }) => ({
      name,
      region,
      arn: `arn:aws:eks:${String(region)}:123456789012:cluster/${String(name)}`,
      endpoint: "https://eks.example.com",
      certificateAuthorities: [{ data: "Q0E=" }],
      identities: [{ oidcs: [{ issuer: issuerOf(String(name), String(region)) }] }],
    }),
    "aws:iam/getOpenIdConnectProvider:getOpenIdConnectProvider": ({ arn }) => ({
      arn,
      id: arn,
      url: String(arn).split("oidc-provider/")[1],
      clientIdLists: ["sts.amazonaws.com"],
      thumbprintLists: [],
      tags: {},
    }),
  },
  resources: {
    "eks:index:Cluster": (name) => {
      const oidcProviderUrl = issuerOf(name, name.replace("apps-", ""));
      return { oidcProviderUrl, oidcProviderArn: providerArn(oidcProviderUrl), kubeconfigJson: "{}" };
    },
    "pulumi:pulumi:StackReference": () => ({
      outputs: { oidcProviderArns: { eu: providerArn(issuerOf("prod-ireland", "eu-west-1")) } },
      secretOutputNames: [],
    }),
  },
};

/** Runs a project by the runner of Pulumi's SDK, as `pulumi preview` has the Node language host do. */
async function runBySdk(folder: string) {
  const { name, main = "." } = settingsIn(folder);
  const engine = await new FakeEngine(true, KNOWN).start();
  try {
    const pwd = join(folder, main.endsWith(".ts") ? dirname(main) : main);
    const flags = {
      ...{ monitor: engine.address, engine: engine.address, project: name, stack: "dev", parallel: "8" },
      ...{ pwd, "root-directory": folder },
    };
    const child = spawn(
      process.execPath,
      [
        require.resolve("@pulumi/pulumi/cmd/run"),
        ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`),
        "--dry-run",
        main.endsWith(".ts") ? basename(main) : ".",
      ],
      {
        stdio: ["ignore", "pipe", "pipe"],
        env: {
          ...process.env,
          NODE_OPTIONS: "",
          PULUMI_NODEJS_TYPESCRIPT: "true",
          PULUMI_CONFIG: JSON.stringify(configOf(folder, name)),
          PULUMI_CONFIG_SECRET_KEYS: "[]",
        },
      },
    );
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
    const code = await new Promise((resolve) => child.once("close", resolve));
    // Of what it tells for debugging, where it found the program.
    const told = engine.logs
      .filter(({ severity, message }) => severity > DEBUG || message.startsWith("Running program"))
      .map(({ message }) => message);
    return { code, printed: [printed, ...told].join("\n"), engine };
  } finally {
    engine.stop();
  }
}

describe("examples, as Pulumi's Node runner finds and compiles them", function () {
  this.timeout(PATIENCE);

  it("are the clone's own project and nine in examples/", () => {
    assert.equal(projects.length, 10, projects.join("\n"));
  });

  for (const folder of projects) {
    const shown = relative(ROOT, folder) || "the clone";
    it(`runs the program of ${shown}, and not the package around it`, async () => {
      const { code, printed, engine } = await runBySdk(folder);
      assert.equal(code, 0, printed);
      assert.ok(printed.includes(`Running program '${programEntry(folder)}'`), printed);
      assert.ok(engine.ofType(COMPONENT).length > 0, printed);
    });
  }
});
