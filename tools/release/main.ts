import { runCommandLine } from "../../lab/commandLine";
import { createProgress } from "../../lab/setup/progress";
import { checkClone, versionOf, type Check } from "./checks";
import { checkPack, checkPublish, checkTests } from "./npm";
import { readOptions, USAGE, type ReleaseOptions } from "./options";
import { pushTag } from "./push";

const root = process.cwd();
const progress = createProgress();

async function release({ tag, tests, push }: ReleaseOptions): Promise<number> {
  const version = versionOf(root);
  const inTheWay = tell(checkClone(root, tag));
  inTheWay.push(...tell(await during("packing", "20 s", () => checkPack(root))));
  inTheWay.push(...tell([await during("npm's rehearsal", "10 s", () => checkPublish(root))]));
  // Half an hour is not spent on what cannot be released anyhow.
  if (tests && inTheWay.length === 0) {
    let last = "";
    const work = () => checkTests(root, (line) => (last = line.trim().slice(0, 80) || last));
    inTheWay.push(...tell([await during("all tests", "30 min", work, () => last)]));
  }
  if (inTheWay.length > 0) {
    console.log(`\n${inTheWay.length} in the way of ${version}.`);
    return 1;
  }
  console.log(`\nNothing is in the way of ${version}.`);
  if (push) return pushed(`v${version}`);
  if (tag === undefined) console.log(nextStep(tests));
  return 0;
}

/** From here on the forge's workflow has it. */
function pushed(tag: string): number {
  if (tell([pushTag(root, tag)]).length > 0) return 1;
  console.log(`The workflow "release" builds and publishes ${tag}.`);
  return 0;
}

function nextStep(tested: boolean): string {
  const rest = tested ? "" : " It runs all tests first: they have not been run here.";
  return `Nothing has left this machine. npm run release -- --push tags and pushes it.${rest}`;
}

/** Tells of each check, and gives those that found something. */
function tell(checks: readonly Check[]): Check[] {
  for (const { name, problem } of checks) {
    console.log(problem === undefined ? `ok    ${name}` : `FAIL  ${name}: ${problem}`);
  }
  return checks.filter(({ problem }) => problem !== undefined);
}

async function during<T>(
  doing: string,
  usually: string,
  work: () => Promise<T>,
  howFar?: () => string,
): Promise<T> {
  const done = progress.step(doing, { usually, ...(howFar && { howFar }) });
  try {
    return await work();
  } finally {
    done();
  }
}

runCommandLine({ name: "release", usage: USAGE, readOptions, run: release });
