import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { IDENTITIES, isIdentity, type DemoIdentity } from "./identity";

const DEFAULT_REPORT = join(__dirname, "..", "..", "demo-report.html");

export interface DemoOptions {
  /** How the pods come to the role. */
  identity: DemoIdentity;
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
  --identity WAY  how pods come to the role: irsa (default), pod-identity (EKS Pod Identity), or both
  --keep          leave the stack and the lab running, and print how to use them (npm run lab:stop ends them)
  --report FILE   where the report goes, an HTML file (default: demo-report.html in the clone)
  --json          print the result as JSON on standard output; everything else goes to standard error
  --help          this text
Exit code: 0 when every line is as expected, 1 when one is not, 2 when the options are wrong.`;

/** @throws TypeError for an unknown option, Error for an unknown way. */
export function readOptions(argv: string[]): DemoOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      identity: { type: "string", default: "irsa" },
      keep: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      report: { type: "string", default: DEFAULT_REPORT },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { identity } = values;
  if (!isIdentity(identity)) {
    throw new Error(
      `--identity is ${JSON.stringify(identity)}: write ${Object.keys(IDENTITIES).join(" or ")}`,
    );
  }
  return { ...values, identity, report: resolve(values.report) };
}
