import { parseArgs } from "node:util";
import { FEWEST_ROUNDS } from "./statistics";

export interface BenchOptions {
  /** Rounds of each measurement; undefined: as many as each part has of itself. */
  rounds: number | undefined;
  /** The parts to run. */
  parts: string[];
  /** Print the result as JSON on standard output, and all else on standard error. */
  json: boolean;
  /** Write the results of these parts into docs/performance.md. */
  write: boolean;
  help: boolean;
}

export function usage(parts: readonly string[]): string {
  return `npm run bench [-- options]
  What the component costs beside the same resources by hand, how it grows, and how many clusters a role takes. Each goal is judged by the median of several rounds: it is missed when
  even the lower end of the median's 95 % interval is over it.
  --part NAME     only this part, may be given again (${parts.join(", ")})
  --rounds N      rounds of each measurement, ${FEWEST_ROUNDS} or more (default: ${FEWEST_ROUNDS}, 15 where a round is short)
  --write         write the results of these parts into docs/performance.md, each when it is done
  --json          print the result as JSON on standard output; everything else goes to standard error
  --help          this text
Exit code: 0 when no goal is missed, 1 when one is, 2 when the options are wrong.`;
}

/** @throws Error for an option that is not one of them, or has a wrong value. */
export function readOptions(argv: string[], known: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      rounds: { type: "string" },
      part: { type: "string", multiple: true, default: [...known] },
      json: { type: "boolean", default: false },
      write: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const { rounds, part: parts, ...rest } = values;
  if (rounds !== undefined && (!/^\d+$/.test(rounds) || Number(rounds) < FEWEST_ROUNDS)) {
    throw new Error(`--rounds is "${rounds}": write a whole number of ${FEWEST_ROUNDS} or more`);
  }
  const unknown = parts.find((part) => !known.includes(part));
  if (unknown !== undefined) {
    throw new Error(`--part is "${unknown}": there is ${known.join(", ")}`);
  }
  return { ...rest, rounds: rounds === undefined ? undefined : Number(rounds), parts };
}
