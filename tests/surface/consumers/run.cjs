"use strict";
// Runs one operation of a project's program, by the Automation API of the project's own copy of @pulumi/pulumi: resources register
// with that copy. The argument is a JSON object; the last line of the output is another, with the stack's outputs.
const { createRequire } = require("node:module");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

const { operation, project, program, projectName, workDir, pulumiHome, pulumiRoot } = JSON.parse(
  process.argv[2],
);
const ofProject = createRequire(join(project, "index.js"));
const { LocalWorkspace, PulumiCommand } = ofProject("@pulumi/pulumi/automation");
// See lab/engine/channels.ts.
ofProject("@pulumi/pulumi/runtime/settings").grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;

/** What the Node language host does with a program's module: all its exports are the stack's outputs. */
async function run() {
  process.chdir(project);
  const exported = await import(pathToFileURL(join(project, program)).href);
  // Of a CommonJS module they are the default.
  return { ...(exported.default ?? exported) };
}

async function main() {
  const stack = await LocalWorkspace.createOrSelectStack(
    { stackName: "lab", projectName, program: run },
    {
      pulumiCommand: await PulumiCommand.get({ root: pulumiRoot, skipVersionCheck: true }),
      workDir,
      pulumiHome,
      envVars: process.env,
    },
  );
  const show = (text) => process.stderr.write(text);
  await stack[operation]({ color: "never", onOutput: show, onError: show });
  const outputs = Object.entries(await stack.outputs()).map(([name, { value }]) => [name, value]);
  process.stdout.write(`\n${JSON.stringify(Object.fromEntries(outputs))}\n`);
}

void main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
