import assert from "node:assert/strict";
import { checkPublish } from "../../../tools/release/npm";
import { readPage } from "../../docs/page";
import { manifest } from "../manifest";
import { startSilentRegistry, type SilentRegistry } from "../silentRegistry";
import { tarball } from "../tarball";

describe("release: npm publish --dry-run", function () {
  this.timeout(240_000);
  let registry: SilentRegistry;

  /** Has npm ask a registry that knows these packages, and nothing outside of this machine. */
  async function useRegistry(packages: Record<string, object>): Promise<void> {
    registry = await startSilentRegistry(packages);
    process.env.npm_config_registry = registry.url;
  }

  /** From npm 11 on it asks for the versions that are there. If it was another registry, nothing would be known of what was sent. */
  async function assertTakenAndNotSent(): Promise<void> {
    const { folder } = await tarball();
    const { name, problem } = await checkPublish(folder);
    assert.equal(problem, undefined);
    assert.equal(name, `npm publish --dry-run to ${registry.url}`);
    assert.deepEqual(
      registry.asked.filter((method) => method !== "GET"),
      [],
    );
  }

  afterEach(() => {
    delete process.env.npm_config_registry;
    registry.close();
  });

  it("takes the package, and sends nothing", async () => {
    await useRegistry({});
    await assertTakenAndNotSent();
  });

  it("takes it beside the version that docs/releasing.md has one publish by hand to hold the name", async () => {
    const blocks = readPage("docs/releasing.md").blocks.filter(({ text }) => text.includes("npm publish"));
    assert.equal(blocks.length, 1);
    const { text } = blocks[0]!;
    const [, json = "{}"] = /^echo '(.*)' >package\.json$/m.exec(text) ?? [];
    const { name, version } = JSON.parse(json) as { name: string; version: string };
    assert.deepEqual([name, version], [manifest().name, "0.0.0"]);
    const [, deprecated] = /^npm deprecate eks-irsa@0\.0\.0 "(.+)"$/m.exec(text) ?? [];
    assert.ok(deprecated);
    const versions = { [version]: { name, version, deprecated } };
    await useRegistry({ [name]: { name, "dist-tags": { latest: version }, versions } });
    await assertTakenAndNotSent();
  });
});
