import { parseArgs } from "node:util";
import { TARGET_NAMES, type TargetName } from "./targets";

const DEFAULT_SECONDS = 60;
const LARGEST_SEED = 0x7fffffff;

export interface FuzzOptions {
  seed: number;
  /** Of each target; undefined: as many as there is time for. */
  runs: number | undefined;
  /** For all targets together. */
  seconds: number;
  targets: TargetName[];
  /** The case to begin with, as a counterexample names it. */
  path: string | undefined;
  /** Go on after a fault, and name each once. */
  all: boolean;
  help: boolean;
}

export const USAGE = `npm run fuzz [-- options]
  Random arguments, good and bad: no crash, no hang, no trust policy that admits anybody outside the bindings.
  --seconds N     how long, for all targets together (default: ${DEFAULT_SECONDS})
  --runs N        how many cases of each target, however long that takes
  --seed N        begin with this seed (default: a new one, which is printed)
  --target NAME   only this target, may be given again (${TARGET_NAMES.join(", ")})
  --path PATH     only the case that a counterexample names, with its seed and target
  --all           go on after a fault, and name each of them once
  --help          this text
Exit code: 0 when nothing was found, 1 when something was, 2 when the options are wrong.`;

/** @throws Error for an option that is not one of them, or has a wrong value. */
export function readOptions(argv: string[]): FuzzOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      seed: { type: "string" },
      runs: { type: "string" },
      seconds: { type: "string" },
      target: { type: "string", multiple: true, default: [] },
      path: { type: "string" },
      all: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { path, all, help } = values;
  const runs = path === undefined ? wholeNumber("runs", values.runs) : 1;
  const seconds = wholeNumber("seconds", values.seconds) ?? (runs === undefined ? DEFAULT_SECONDS : Infinity);
  const seed = wholeNumber("seed", values.seed) ?? Math.floor(Math.random() * LARGEST_SEED);
  const targets = values.target.map(targetNamed);
  if (path !== undefined && (values.seed === undefined || targets.length !== 1)) {
    throw new Error("--path needs the seed and the target that were printed with it");
  }
  return { seed, runs, seconds, targets: targets.length > 0 ? targets : TARGET_NAMES, path, all, help };
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,10}$/.test(text) || Number(text) > LARGEST_SEED) {
    throw new Error(`--${name} is "${text}": write a whole number up to ${LARGEST_SEED}`);
  }
  return Number(text);
}

function targetNamed(name: string): TargetName {
  const found = TARGET_NAMES.find((one) => one === name);
  if (found === undefined) {
    throw new Error(`--target is "${name}": there is ${TARGET_NAMES.join(", ")}`);
  }
  return found;
}
