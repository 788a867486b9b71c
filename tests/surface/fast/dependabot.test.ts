import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ROOT } from "../../support/root";
import { manifest } from "../manifest";

/** https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference */
interface Update {
  "package-ecosystem": string;
  schedule: { interval: string };
  "versioning-strategy"?: string;
  groups: { [name: string]: object };
  ignore?: { "dependency-name": string; "update-types": string[] }[];
}

const { updates } = parse(readFileSync(join(ROOT, ".github", "dependabot.yml"), "utf8")) as {
  updates: Update[];
};
const npm = updates.find((update) => update["package-ecosystem"] === "npm")!;

describe("release: what Dependabot may raise", () => {
  it("actions and packages, each week, what may change little together", () => {
    assert.deepEqual(
      updates.map((update) => [update["package-ecosystem"], update.schedule.interval]),
      [
        ["github-actions", "weekly"],
        ["npm", "weekly"],
      ],
    );
    assert.deepEqual(npm.groups, {
      development: { "dependency-type": "development", "update-types": ["minor", "patch"] },
    });
  });

  it("no range that users get: where it begins is what the package needs", () => {
    const { dependencies, peerDependencies } = manifest();
    const all = ["major", "minor", "patch"].map((level) => `version-update:semver-${level}`);
    const ignored = (npm.ignore ?? []).filter((rule) => rule["update-types"].join() === all.join());
    assert.deepEqual(
      ignored.map((rule) => rule["dependency-name"]).sort(),
      [...Object.keys(dependencies), ...Object.keys(peerDependencies)].sort(),
    );
    // For what comes as a security update all the same.
    assert.equal(npm["versioning-strategy"], "increase-if-necessary");
  });

  it("nothing by which the lock would get addresses, which no test takes", () => {
    assert.match(readFileSync(join(ROOT, ".npmrc"), "utf8"), /^omit-lockfile-registry-resolved=true$/m);
  });
});
