import { parseArgs } from "node:util";

export interface DemoOptions {
  /** Leave the stack and the lab as they are, for a look around. */
  keep: boolean;
  /** Print the result as JSON on standard output, and all else on standard error. */
  json: boolean;
  help: boolean;
}

export const USAGE = `npm run demo [-- options]
  One role for three clusters, by a real \`pulumi up\` on this machine, and proof of who gets it.
  --keep   leave the stack and the lab running, and print how to use them (npm run lab:stop ends them)
  --json   print the result as JSON on standard output; everything else goes to standard error
  --help   this text
Exit code: 0 when every line is as expected, 1 when one is not, 2 when the options are wrong.`;

/** @throws TypeError for an unknown option. */
export function readOptions(argv: string[]): DemoOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      keep: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  return values;
}
