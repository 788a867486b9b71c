import assert from "node:assert/strict";
import { lockedPackages, lockedVersion, manifest } from "../manifest";

describe("surface: package.json and package-lock.json", () => {
  it("the lock has no address, and the hash of every package", () => {
    const packages = Object.entries(lockedPackages());
    assert.ok(packages.length > 300);
    const faulty = packages.filter(([, { resolved, integrity, link }]) => resolved ?? (!integrity && !link));
    assert.deepEqual(faulty, []);
  });

  it("users get caret ranges, which the versions that the tests run are in", () => {
    for (const [name, range] of Object.entries(manifest().dependencies)) {
      const [, least = ""] = /^\^(\d+\.\d+\.\d+)$/.exec(range) ?? [];
      assert.ok(least, `${name}: ${range}`);
      assert.ok(isWithin(lockedVersion(name), least), `${name}: ${lockedVersion(name)} is not in ${range}`);
    }
  });

  it("depends on Pulumi's SDKs of what it makes, and on nothing else", () => {
    const { dependencies, peerDependencies, peerDependenciesMeta } = manifest();
    assert.deepEqual(Object.keys(dependencies), ["@pulumi/aws", "@pulumi/kubernetes", "@pulumi/pulumi"]);
    // As a dependency it would have every user download its plugin, whereas only its types are used.
    assert.deepEqual(Object.keys(peerDependencies), ["@pulumi/eks"]);
    assert.deepEqual(peerDependenciesMeta, { "@pulumi/eks": { optional: true } });
  });

  it("developers get exact versions, which are those of the lock", () => {
    const { devDependencies } = manifest();
    assert.ok(Object.keys(devDependencies).length > 20);
    const locked = Object.keys(devDependencies).map((name) => [name, lockedVersion(name)]);
    assert.deepEqual(devDependencies, Object.fromEntries(locked));
  });
});

/** Whether a caret range from `least` on has a version (of a major version from 1 on, as SDKs have). */
function isWithin(version: string, least: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0, leastPatch = 0] = least.split(".").map(Number);
  return major === leastMajor && (minor > leastMinor || (minor === leastMinor && patch >= leastPatch));
}
