import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "./root";

/** The files that a script has loaded when it ends, in a process of its own; paths from the repository's root. */
export async function loadedBy(script: string): Promise<string[]> {
  const report = `process.stdout.write(JSON.stringify(Object.keys(require.cache)))`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", "tsx", "--eval", `${script}\n${report}`],
    { cwd: ROOT, maxBuffer: 2 ** 24 },
  );
  return (JSON.parse(stdout) as string[]).map((file) => file.slice(ROOT.length + 1));
}
