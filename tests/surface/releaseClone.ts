import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A clone that can be released, of a bare repository beside it. */
export interface ReleaseClone {
  folder: string;
  git: (...args: string[]) => string;
  write: (file: string, text: string) => void;
  /** Commits all that has changed. */
  commit: () => void;
  /** Somebody else's commit, which origin's main has and the clone has not seen. */
  commitElsewhere: () => void;
  /** What origin has: names of branches and tags, each with its commit's or tag's hash. */
  atOrigin: () => Record<string, string>;
  /** Has origin refuse main, as a forge does that protects it, until the function that it gives is called. */
  protectMain: () => () => void;
  remove: () => void;
}

export function makeReleaseClone(files: Record<string, string>): ReleaseClone {
  const scratch = mkdtempSync(join(tmpdir(), "eks-irsa-release-"));
  const [origin, folder, other] = ["origin.git", "clone", "other"].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  const gitIn =
    (cwd: string) =>
    (...args: string[]) =>
      execFileSync("git", args, { cwd, encoding: "utf8", stdio: "pipe" }).trim();
  const git = gitIn(folder);
  const clone: ReleaseClone = {
    folder,
    git,
    write: (file, text) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    commit: () => {
      commitIn(git);
    },
    commitElsewhere: () => {
      gitIn(scratch)("clone", "--quiet", origin, other);
      writeFileSync(join(other, "elsewhere.ts"), "");
      commitIn(gitIn(other));
      gitIn(other)("push", "--quiet", "origin", "main");
    },
    atOrigin: () => {
      const refs = gitIn(origin)("for-each-ref", "--format=%(refname:short) %(objectname)");
      return Object.fromEntries(refs.split("\n").map((line) => line.split(" ") as [string, string]));
    },
    protectMain: () => {
      const hook = join(origin, "hooks", "update");
      writeFileSync(
        hook,
        '#!/bin/sh\ntest "$1" != refs/heads/main || { echo "main is protected"; exit 1; }\n',
      );
      chmodSync(hook, 0o755);
      return () => {
        rmSync(hook);
      };
    },
    remove: () => {
      rmSync(scratch, { recursive: true, force: true });
    },
  };
  gitIn(scratch)("init", "--quiet", "--bare", "--initial-branch", "main", origin);
  gitIn(scratch)("init", "--quiet", "--initial-branch", "main", folder);
  git("remote", "add", "origin", origin);
  for (const [file, text] of Object.entries(files)) clone.write(file, text);
  clone.commit();
  git("push", "--quiet", "origin", "main");
  return clone;
}

function commitIn(git: ReleaseClone["git"]): void {
  git("config", "user.name", "test");
  git("config", "user.email", "test@example.com");
  git("add", "--all");
  git("commit", "--quiet", "--message", "a change");
}
