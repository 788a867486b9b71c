import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const DEFAULT_REPORT = join(__dirname, "..", "..", "demo-report.html");

export interface DemoOptions {
  /** Leave the stack and the lab as they are, for a look around. */
  keep: boolean;
  /** Print the result as JSON on standard output, and all else on standard error. */
  json: boolean;
  /** Path of the report. */
  report: string;
  help: boolean;
}

export const USAGE = `npm run demo [-- options]
  One role for three clusters, by a real \`pulumi up\` on this machine, and proof of who gets it.
  --keep          leave the stack and the lab running, and print how to use them (npm run lab:stop ends them)
  --report FILE   where the report goes, an HTML file (default: demo-report.html in the clone)
  --json          print the result as JSON on standard output; everything else goes to standard error
  --help          this text
Exit code: 0 when every line is as expected, 1 when one is not, 2 when the options are wrong.`;

/** @throws TypeError for an unknown option. */
export function readOptions(argv: string[]): DemoOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      keep: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      report: { type: "string", default: DEFAULT_REPORT },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return { ...values, report: resolve(values.report) };
}
