import { parseArgs } from "node:util";

export interface ReleaseOptions {
  /** A tag that is checked out, as the forge's workflow does; undefined on a person's machine. */
  tag?: string;
  /** Run all tests. */
  tests: boolean;
  /** Make the tag and push it: the one thing that leaves the machine. */
  push: boolean;
  help: boolean;
}

export const USAGE = `npm run release [-- options]
  Says whether this clone can be released: branch, clean tree, version, changelog, tag, what is in the tarball, and npm's own rehearsal.
  Nothing leaves the machine without --push.
  --tests     run all tests as well (about 30 minutes)
  --push      if nothing is in the way, and all tests pass, make the tag v<version> and push it to origin; the forge's workflow publishes it
  --tag TAG   judge a checkout of this tag instead of the branch main, as the workflow does before it publishes
  --help      this text
Exit code: 0 when nothing is in the way, 1 when something is, 2 when the options are wrong.`;

/** @throws Error for options that are none, or that contradict each other. */
export function readOptions(args: string[]): ReleaseOptions {
  const { values } = parseArgs({
    args,
    options: {
      tag: { type: "string" },
      tests: { type: "boolean", default: false },
      push: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.push && values.tag !== undefined) {
    throw new Error("--push makes a tag, and --tag has one already: leave one of them out");
  }
  const { tests, push, ...rest } = values;
  return { ...rest, tests: tests || push, push };
}
