import type { Deployment } from "@pulumi/pulumi/automation";
import { openStack, type EngineStack } from "../engine/workspace";
import { setUp } from "../setup";
import { createProgress, formatCount } from "../setup/progress";
import { startLab, type Lab } from "../supervisor/client";
import { runCommandLine } from "../commandLine";
import { DEFAULT_MAX_SIZE } from "../../trust/size";
import { join } from "node:path";
import { inventory, leftovers } from "./audit";
import { stackConfig } from "./fleet";
import { IDENTITIES, IN_WORDS, trustPolicyQuota, type DemoIdentity } from "./identity";
import { howToUse } from "./keep";
import { readOptions, USAGE, type DemoOptions } from "./options";
import { checkFirstPreview, checkNoChange, checkNothingLeft } from "./checks";
import { prepare } from "./prepare";
import { proveFromPods } from "./podProof";
import { prove } from "./proof";
import { writeReport } from "./report";
import { createStages, type Stages } from "./stages";
import { renderTable, type ProofRow } from "./table";
import { proveTrustPolicy } from "./trustProof";

const ROOT = join(__dirname, "..", "..");

async function demo(options: DemoOptions): Promise<number> {
  const out = options.json ? process.stderr : process.stdout;
  const stages = createStages(out);
  const progress = createProgress(out);
  const quota = trustPolicyQuota(options.identity);
  introduce(stages, options.identity);
  const binaries = await stages.run("Set up what is missing", () => setUp({ progress }));
  const lab = await stages.run("Start the lab: four clusters, AWS", () =>
    startLab({
      binaries,
      trustPolicyQuota: quota,
      log: (line) => {
        progress.line(line);
      },
    }),
  );
  try {
    const { rows, state } = await deployAndProve(lab, options, stages, out);
    const ok = rows.every((row) => row.ok);
    writeReport(options.report, {
      state,
      rows,
      seconds: stages.seconds,
      maxSize: quota,
      ...(options.identity === "irsa" ? {} : { command: `npm run demo -- --identity ${options.identity}` }),
    });
    report(rows, ok, options, stages, lab);
    return ok ? 0 : 1;
  } finally {
    if (options.keep) {
      lab.detach();
    } else {
      await lab.stop();
    }
  }
}

function introduce(stages: Stages, identity: DemoIdentity): void {
  const quota = trustPolicyQuota(identity);
  stages.say("One IAM role for three clusters in two regions, on this machine: no AWS account is touched.");
  stages.say(`Pods get it ${IN_WORDS[IDENTITIES[identity]]}.`);
  if (quota > DEFAULT_MAX_SIZE) {
    const more = `both ways in one policy need more than ${formatCount(DEFAULT_MAX_SIZE)}`;
    stages.say(
      `The quota "Role trust policy length" is raised to ${formatCount(quota)} characters: ${more}.`,
    );
  }
}

async function deployAndProve(
  lab: Lab,
  options: DemoOptions,
  stages: Stages,
  out: NodeJS.WritableStream,
): Promise<{ rows: ProofRow[]; state: Deployment }> {
  await stages.run("Make a bucket, namespaces, and ServiceAccounts that are to be refused", () =>
    prepare(lab, options.identity),
  );
  const { identity } = options;
  const before = await inventory(lab);
  const stack: EngineStack = await openStack({
    lab,
    binaries: lab.binaries,
    project: "eks-irsa",
    program: ROOT,
    config: stackConfig(lab, options.identity),
    log: (text) => out.write(text),
  });
  const preview = await stages.run("pulumi preview: what will be made", () => stack.preview());
  const up = await stages.run("pulumi up, which ends when every sample pod is ready", () => stack.up());
  const state = await stack.exportState();
  const again = await stages.run("pulumi preview: nothing more to do", () => stack.preview());
  const role = { arn: String(up.outputs.roleArn), name: String(up.outputs.roleName) };
  const rows = [
    checkFirstPreview(preview, String(up.outputs.trustPolicy)),
    checkNoChange(again),
    await stages.run("Prove that the trust policy says what the bindings say", () =>
      proveTrustPolicy(lab, role, identity),
    ),
    ...(await stages.run("What the pods say, each asked from inside", () =>
      proveFromPods(lab, role, identity),
    )),
    ...(await stages.run("Who gets the role, and who does not", () => prove(lab, role, identity))),
  ];
  if (options.keep) {
    return { rows, state };
  }
  await stages.run("pulumi destroy", () => stack.destroy());
  return { rows: [...rows, checkNothingLeft(leftovers(before, await inventory(lab)))], state };
}

function report(rows: ProofRow[], ok: boolean, options: DemoOptions, stages: Stages, lab: Lab): void {
  stages.say(`\n${renderTable(rows)}\n`);
  const failed = rows.filter((row) => !row.ok);
  stages.say(
    ok
      ? `All ${rows.length} lines are as expected.`
      : `${failed.length} of ${rows.length} lines are not as expected: ${failed.map(({ who, cluster, tried }) => `${who} of ${cluster} (${tried})`).join("; ")}`,
  );
  stages.say(`The report: ${options.report}`);
  if (options.keep) {
    stages.say(howToUse(lab, options.identity));
  }
  if (options.json) {
    const kept = options.keep ? { lab: { runId: lab.runId, directory: lab.directory, aws: lab.aws } } : {};
    const { identity } = options;
    const result = { ok, identity, rows, seconds: stages.seconds, report: options.report, ...kept };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  }
}

runCommandLine({ name: "demo", usage: USAGE, readOptions, run: demo });
