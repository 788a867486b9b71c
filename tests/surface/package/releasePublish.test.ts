import assert from "node:assert/strict";
import { checkPublish } from "../../../tools/release/npm";
import { startSilentRegistry, type SilentRegistry } from "../silentRegistry";
import { tarball } from "../tarball";

describe("release: npm publish --dry-run", function () {
  this.timeout(240_000);
  let registry: SilentRegistry;

  before(async () => {
    registry = await startSilentRegistry();
    process.env.npm_config_registry = registry.url;
  });
  after(() => {
    delete process.env.npm_config_registry;
    registry.close();
  });

  it("takes the package, and sends nothing", async () => {
    const { folder } = await tarball();
    const { name, problem } = await checkPublish(folder);
    assert.equal(problem, undefined);
    // From npm 11 on it asks for the versions that are there. If it was another registry, nothing would be known of what was sent.
    assert.equal(name, `npm publish --dry-run to ${registry.url}`);
    assert.deepEqual(
      registry.asked.filter((method) => method !== "GET"),
      [],
    );
  });
});
