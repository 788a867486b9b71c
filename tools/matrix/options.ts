import { parseArgs } from "node:util";
import { NODES } from "./combinations";

export interface MatrixOptions {
  /** Majors of Node. */
  nodes: number[];
  /** Run engine tests in the lab. */
  engine: boolean;
  /** Print the result as JSON on standard output, and all else on standard error. */
  json: boolean;
  help: boolean;
}

export const USAGE = `npm run matrix [-- options]
  Runs the package with the lowest SDKs that package.json allows and with the newest, under each Node, and compiles a consumer
  with each TypeScript. All is installed in a temporary folder. About 20 minutes and 3 GB on two cores.
  --node N           only this major, may be given again (there are: ${NODES.join(", ")})
  --without-engine   no lab: the unit and component tests alone
  --json             print the result as JSON on standard output; everything else goes to standard error
  --help             this text
Exit code: 0 when all passed, 1 when something failed, 2 when the options are wrong.`;

/** @throws Error for an option that is not one of them, or has a wrong value. */
export function readOptions(argv: string[]): MatrixOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      node: { type: "string", multiple: true, default: NODES.map(String) },
      "without-engine": { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const unknown = values.node.find((node) => !NODES.map(String).includes(node));
  if (unknown !== undefined) {
    throw new Error(`--node is "${unknown}": there is ${NODES.join(", ")}`);
  }
  const nodes = NODES.filter((node) => values.node.includes(String(node)));
  return { nodes, engine: !values["without-engine"], json: values.json, help: values.help };
}
