import { execFileSync } from "node:child_process";
import type { Check } from "./checks";

/** Makes the tag, and pushes main and it: both arrive or neither, since the tag alone would publish what main has not got. */
export function pushTag(root: string, tag: string): Check {
  const git = (...args: string[]) => execFileSync("git", args, { cwd: root, stdio: "inherit" });
  const name = `main and ${tag} are pushed`;
  git("tag", "--annotate", tag, "--message", tag);
  try {
    git("push", "--atomic", "origin", "main", tag);
    return { name };
  } catch {
    // Otherwise the next run would find the version released.
    git("tag", "--delete", tag);
    return {
      name,
      problem: "git says above why. The tag is deleted here again: mend that, and run this once more",
    };
  }
}
