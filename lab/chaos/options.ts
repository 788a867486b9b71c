import { parseArgs } from "node:util";

const DEFAULT_SEEDS = 30;
const LARGEST = 0x7fffffff;

export interface ChaosOptions {
  /** At which moments the engine is killed, one after the other. */
  seeds: number[];
  /** Run the troubles without a seed too. */
  scenarios: boolean;
  json: boolean;
  help: boolean;
}

export const USAGE = `npm run chaos [-- options]
  What fails in the middle of \`pulumi up\` and \`pulumi destroy\`: clusters, AWS, plugins, and the engine, which is killed at moments that
  seeds choose. After each, what docs/recovery.md says is typed, and the state is compared with what there is.
  --seeds N       kill the engine with the seeds 0 to N-1 (default: ${DEFAULT_SEEDS}); 0 for none
  --seed S        only this seed, and nothing else: the same moment again
  --json          print the result as JSON on standard output; everything else goes to standard error
  --help          this text
Exit code: 0 when all converged, 1 when something did not, 2 when the options are wrong.`;

/** @throws Error for an option that is not one of them, or has a wrong value. */
export function readOptions(argv: string[]): ChaosOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      seeds: { type: "string" },
      seed: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { json, help } = values;
  if (values.seed !== undefined && values.seeds !== undefined) {
    throw new Error("--seed and --seeds do not go together");
  }
  if (values.seed !== undefined) {
    return { seeds: [wholeNumber("seed", values.seed)], scenarios: false, json, help };
  }
  const count = wholeNumber("seeds", values.seeds ?? String(DEFAULT_SEEDS));
  return { seeds: Array.from({ length: count }, (_, seed) => seed), scenarios: true, json, help };
}

function wholeNumber(name: string, text: string): number {
  if (!/^\d{1,10}$/.test(text) || Number(text) > LARGEST) {
    throw new Error(`--${name} is "${text}": write a whole number up to ${LARGEST}`);
  }
  return Number(text);
}
