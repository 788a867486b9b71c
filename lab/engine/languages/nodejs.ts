import { createRequire } from "node:module";
import { join } from "node:path";
import type { ServerWritableStream } from "@grpc/grpc-js";
import {
  GetRequiredPackagesResponse,
  RunPluginResponse,
  type RunPluginRequest,
} from "@pulumi/pulumi/proto/language_pb";
import { answer, nothing, run, serveLanguage } from "./host";

/**
 * A stand-in for `pulumi-language-nodejs`, as far as the engine needs it to run a Node plugin that is a folder with a
 * PulumiPlugin.yaml: https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/resource/plugin/plugin.go (ExecPlugin).
 * It runs no programs, and installs nothing into the folder.
 */
serveLanguage({
  getRequiredPackages: answer(() => new GetRequiredPackagesResponse()),
  installDependencies: nothing,
  runPlugin,
});

/** Runs the plugin until it ends, or the engine has no more need of it. */
function runPlugin(call: ServerWritableStream<RunPluginRequest, RunPluginResponse>): void {
  const request = call.request;
  const folder = request.getInfo()?.getProgramDirectory() ?? request.getProgram();
  // The plugin's own SDK runs it, as with the real host.
  const runner = createRequire(join(folder, "package.json")).resolve("@pulumi/pulumi/cmd/run-plugin");
  const child = run(process.execPath, [runner, folder, ...request.getArgsList()], {
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
