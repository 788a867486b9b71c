import { RunResponse, type RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { run } from "./host";

/** What starts a program of a language. */
export interface ProgramCommand {
  command: string;
  args: string[];
  /** Beside the host's own, and the stack's configuration. */
  environment: Record<string, string>;
  /** How the language's host names a key of the configuration. Default: as the engine does. */
  configKey?: (key: string) => string;
}

/**
 * How a program ends whose errors its SDK has told the engine already:
 * https://github.com/pulumi/pulumi/blob/v3.248.0/sdk/nodejs/cmd/run/index.ts, and the same in Python's host.
 */
const TOLD_ALREADY = 32;

/** Runs a program to its end. Its own output is the engine's; the errors of the SDK go there by themselves. */
export async function runProgram(
  request: RunRequest,
  { command, args, environment, configKey = (key) => key }: ProgramCommand,
): Promise<RunResponse> {
  const config = request.getConfigMap().toArray();
  const child = run(command, args, {
    cwd: request.getPwd(),
    env: {
      ...process.env,
      ...environment,
      PULUMI_CONFIG: JSON.stringify(
        Object.fromEntries(config.map(([key, value]) => [configKey(key), value])),
      ),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
    },
  });
  child.stdout.pipe(process.stdout);
  child.stderr.pipe(process.stderr);
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const response = new RunResponse();
  if (code === TOLD_ALREADY) response.setBail(true);
  else if (code !== 0) response.setError(`the program ended with exit code ${String(code)}`);
  return response;
}
