import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { engineEnvironment, projectFolders } from "../../lab/engine/environment";
import type { EngineStack, EngineStackOptions, OperationResult } from "../../lab/engine/workspace";
import { readPage } from "../docs/page";
import { inLab, inReadme, shownPreview, type Names } from "../examples/previewText";
import { namesOf } from "../examples/runExample";
import { assertShownBlock } from "../examples/shownBlock";
import { describeEngine, type Scope } from "./lab";
import { programOf } from "./recipes";

const PAGE = "docs/quick-start.md";
const STACK = { project: "quick-start", stack: "dev" };
/** What the pages call otherwise than the lab. A cluster's region goes with its name. */
const NAMES: Names = {
  ireland: "prod-east",
  "eu-west-1": "us-east-1",
  "virginia-blue": "prod-west",
  "virginia-green": "prod-west-2",
  "us-east-1": "us-west-2",
};

/** The text of the block after a comment. */
function blockOf(marker: string): string {
  const block = readPage(PAGE).blocks.find((one) => one.marker === marker);
  assert.ok(block, `${PAGE} has no block after <!-- ${marker} -->`);
  return block.text;
}

/** The program with a line more, as a diff shows it: a line that is there, and the one that comes after it. */
function withLine(code: string, diff: string): string {
  const [, before = "", added = ""] = /^ (.*)\n\+(.*)\n$/.exec(diff) ?? [];
  assert.ok(added !== "" && code.includes(`${before}\n`), "the diff is not one of the program's");
  return code.replace(`${before}\n`, `${before}\n${added}\n`);
}

/** A shell as the reader has it: the commands on the PATH, the account in the environment. */
function shellIn({ lab }: Scope, program: EngineStackOptions["program"]) {
  const { binaries } = lab;
  const options = { lab, binaries, ...STACK, program };
  const folders = projectFolders(options);
  const env = { ...process.env, ...engineEnvironment(options, folders) };
  const kubeconfig = join(folders.work, "kubeconfig");
  const PATH = [join(binaries.pulumiRoot, "bin"), dirname(binaries.kubectl), env.PATH].join(":");
  return async (commands: string): Promise<string> => {
    const text = inLab(commands, NAMES).replaceAll(
      // moto takes no GET of EKS that the AWS CLI has signed.
      /^aws eks update-kubeconfig --region (\S+) --name (\S+)$/gm,
      (_, region: string, name: string) => {
        const cluster = lab.clusters.find((one) => one.region === region && one.name === name);
        assert.ok(cluster, `there is no ${name} in ${region}`);
        writeFileSync(kubeconfig, cluster.kubeconfig, { mode: 0o600 });
        return "";
      },
    );
    const { stdout } = await promisify(execFile)("bash", ["-euo", "pipefail", "-c", text], {
      cwd: folders.work,
      env: { ...env, PATH, KUBECONFIG: kubeconfig, AWS_DEFAULT_REGION: "us-east-1" },
    });
    return stdout;
  };
}

describeEngine("engine: the quick start, as written", (newScope) => {
  const code = readPage("README.md").blocks.find(({ language }) => language === "ts")?.text ?? "";
  const programFor = (text: string) => programOf(inLab(text, NAMES), {});
  let names: Names;
  let shell: ReturnType<typeof shellIn>;
  let stack: EngineStack;
  let preview: OperationResult;
  let up: OperationResult;

  before(async () => {
    const scope = await newScope({ pods: true });
    names = { ...namesOf(scope), ...NAMES };
    shell = shellIn(scope, programFor(code));
    stack = await scope.open(programFor(code), STACK);
    preview = await stack.preview();
    up = await stack.up();
  });

  it("is README's program", () => {
    const programs = readPage(PAGE).blocks.filter(({ language }) => language === "ts");
    assert.deepEqual(
      programs.map(({ text }) => text),
      [code],
    );
  });

  it("previews what the page shows, and deploys it", () => {
    assertShownBlock(PAGE, "preview", shownPreview(preview.text, names));
    assert.equal(up.summary.create, preview.summary.create);
  });

  it("has pods that answer as the page shows, and README's commands ask them", async () => {
    const answer = await shell(blockOf("typed"));
    const shown = inReadme(answer, names)
      .replaceAll(/AROA\w+/g, "AROAEXAMPLE")
      .replaceAll(/(botocore-session-)\d+/g, "$11790000000")
      .replaceAll(/(?<=role\/app-)[0-9a-f]{7}/g, "1a2b3c4");
    assertShownBlock(PAGE, "answer", shown);
    const asked = readPage("README.md").blocks.find(({ text }) => text.startsWith("pod="))?.text ?? "";
    assert.ok(blockOf("typed").endsWith(asked) && asked !== "");
  });

  it("has in IAM the trust policy of the preview", async () => {
    const inIam: unknown = JSON.parse(await shell(blockOf("trust policy")));
    assert.deepEqual(inIam, JSON.parse(String(up.outputs.trustPolicyJson)));
  });

  it("previews a cluster more as the page shows", async () => {
    const more = await stack.preview(programFor(withLine(code, blockOf("line"))));
    assertShownBlock(PAGE, "preview add", shownPreview(more.text, names));
  });
});
