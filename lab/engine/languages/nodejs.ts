import { createRequire } from "node:module";
import { join } from "node:path";
import type { ServerWritableStream } from "@grpc/grpc-js";
import {
  GetRequiredPackagesResponse,
  RunPluginResponse,
  type RunPluginRequest,
  type RunRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { answer, nothing, run, serveLanguage } from "./host";
import { runProgram, type ProgramCommand } from "./program";

/**
 * A stand-in for `pulumi-language-nodejs`: it runs a program, and a Node plugin that is a folder with a PulumiPlugin.yaml
 * (https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/resource/plugin/plugin.go, ExecPlugin), each by the SDK's own
 * runner. It names no plugins that a program needs, has no pipe for calls that wait, and installs nothing.
 */
serveLanguage({
  getRequiredPackages: answer(() => new GetRequiredPackagesResponse()),
  installDependencies: nothing,
  runPlugin,
  run: answer((request: RunRequest) => runProgram(request, commandOf(request))),
});

/** Options of `runtime` in a Pulumi.yaml. */
interface RuntimeOptions {
  typescript?: boolean;
  tsconfig?: string;
  nodeargs?: string;
}

/** As the real host starts it: https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/cmd/pulumi-language-nodejs/main.go. */
function commandOf(request: RunRequest): ProgramCommand {
  const info = request.getInfo();
  const folder = info?.getProgramDirectory() ?? request.getPwd();
  const options = (info?.getOptions()?.toJavaScript() ?? {}) as RuntimeOptions;
  const { typescript = true, tsconfig, nodeargs = "" } = options;
  return {
    command: process.execPath,
    args: [
      ...nodeargs.split(/\s+/).filter((arg) => arg !== ""),
      runnerIn(folder, "run"),
      ...flagsOf(request, folder),
      info?.getEntryPoint() ?? ".",
      ...request.getArgsList(),
    ],
    environment: {
      ...(typescript && { PULUMI_NODEJS_TYPESCRIPT: "true" }),
      ...(tsconfig !== undefined && { PULUMI_NODEJS_TSCONFIG_PATH: tsconfig }),
    },
    // As older SDKs want it; those of today take both.
    configKey: (key) => key.replace(":", ":config:"),
  };
}

function flagsOf(request: RunRequest, folder: string): string[] {
  const values = {
    monitor: request.getMonitorAddress(),
    engine: process.argv[2] ?? "",
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": request.getInfo()?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: folder,
    parallel: String(request.getParallel()),
  };
  const given = Object.entries(values).filter(([, value]) => value !== "");
  return [
    ...given.flatMap(([flag, value]) => [`--${flag}`, value]),
    ...(request.getDryrun() ? ["--dry-run"] : []),
  ];
}

/** A runner of the SDK that a folder's program has. */
function runnerIn(folder: string, runner: "run" | "run-plugin"): string {
  return createRequire(join(folder, "package.json")).resolve(`@pulumi/pulumi/cmd/${runner}`);
}

/** Runs the plugin until it ends, or the engine has no more need of it. */
function runPlugin(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const request = call.request;
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getProgram();
  const child = run(process.execPath, [runnerIn(folder, "run-plugin"), folder, ...request.getArgsList()], {
    cwd: request.getPwd(),
    env: environmentOf(request.getEnvList()),
  });
  const say = (fill: (response: RunPluginResponse) => void) => {
    const response = new RunPluginResponse();
    fill(response);
    call.write(response);
  };
  child.stdout.on("data", (chunk: Buffer) => {
    say((response) => {
      response.setStdout(chunk);
    });
  });
  child.stderr.on("data", (chunk: Buffer) => {
    say((response) => {
      response.setStderr(chunk);
    });
  });
  call.on("cancelled", () => child.kill("SIGKILL"));
  child.once("close", (code) => {
    say((response) => {
      response.setExitcode(code ?? -1);
    });
    call.end();
  });
}

/** `NAME=value` as the engine sends it; of a name that comes twice the last one counts. */
function environmentOf(lines: string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
