import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkTarball } from "../../../tools/release/tarball";
import { manifest } from "../manifest";
import { tarball, type Tarball } from "../tarball";
import { builtFrom, mapIn, placesIn } from "./contents";

describe("surface: the tarball", function () {
  this.timeout(300_000);
  let made: Tarball;
  let paths: string[];

  before(async () => {
    made = await tarball();
    paths = [...made.files.keys()];
  });

  const isBuilt = (path: string) => /\.(js|js\.map|d\.ts|d\.ts\.map)$/.test(path);

  it("has what is meant to be published, is small enough, and has nothing else", () => {
    const { size } = made;
    const checks = checkTarball({ size, files: paths.map((path) => ({ path })) });
    assert.deepEqual(
      checks.flatMap(({ problem }) => problem ?? []),
      [],
    );
  });

  it("has of each source its code and map, and the declarations that the public one leads to, with theirs", () => {
    const sources = paths.filter((path) => !isBuilt(path) && path.endsWith(".ts"));
    assert.deepEqual(paths.filter(isBuilt).sort(), builtFrom(sources, made.folder));
  });

  it("has maps that lead to sources in it, and do not have them a second time", () => {
    const maps = paths.filter((path) => path.endsWith(".map"));
    assert.ok(maps.length > 100);
    for (const path of maps) {
      const { leadsTo, hasSources } = mapIn(made.folder, path);
      assert.equal(hasSources, false, path);
      assert.deepEqual(leadsTo, [path.replace(/^dist\/(.*?)(\.d\.ts|\.js)\.map$/, "$1.ts")]);
      assert.ok(made.files.has(leadsTo[0] ?? ""), `${path} leads to ${leadsTo[0]}`);
    }
  });

  it("has maps of lines: each function, class and error of the code is found at its own line of the source", () => {
    let found = 0;
    for (const path of paths.filter((name) => name.endsWith(".js"))) {
      for (const { name, line, sourceLine } of placesIn(made.folder, path)) {
        assert.ok(sourceLine.includes(name), `${path}: ${line} leads to ${sourceLine}`);
        found++;
      }
    }
    assert.ok(found > 500, `${found} places`);
  });

  it("has code that names its map", () => {
    for (const path of paths.filter((name) => /\.(js|d\.ts)$/.test(name))) {
      const text = readFileSync(join(made.folder, path), "utf8");
      const [, map] = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(text) ?? [];
      assert.equal(
        `dist/${path
          .split("/")
          .slice(1, -1)
          .concat(map ?? "")
          .join("/")}`,
        `${path}.map`,
      );
    }
  });

  it("has the docstrings in its declarations", () => {
    const text = readFileSync(join(made.folder, "dist/components/multiClusterIrsa.d.ts"), "utf8");
    assert.match(text, /\/\*\*/);
  });

  it("brings no package that a project with @pulumi/pulumi, aws and kubernetes has not", () => {
    const { dependencies } = manifest();
    assert.deepEqual(Object.keys(dependencies), ["@pulumi/aws", "@pulumi/kubernetes", "@pulumi/pulumi"]);
  });
});
