import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { engineEnvironment, projectFolders } from "../../lab/engine/environment";
import type { Scope } from "./lab";

/** Types a command in the folder of a scope's Pulumi project, as its user would. Rejects with all that was printed, where it fails. */
export function typed({ lab, project }: Scope, command: string): Promise<string> {
  const options = { lab, binaries: lab.binaries, project, program: () => Promise.resolve({}) };
  const folders = projectFolders(options);
  const ours = engineEnvironment(options, folders);
  const path = [join(lab.binaries.pulumiRoot, "bin"), ours.PATH].join(delimiter);
  const env = { ...process.env, ...ours, PATH: path, HOME: folders.work };
  return new Promise((resolve, reject) => {
    execFile("sh", ["-c", command], { cwd: folders.work, env }, (error, stdout, stderr) => {
      const text = `${stdout}${stderr}`;
      if (error === null) resolve(text);
      else reject(new Error(`${command}\n${text}`));
    });
  });
}
