import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { checkPublish } from "../../../tools/release/npm";
import { tarball } from "../tarball";

describe("release: npm publish --dry-run", function () {
  this.timeout(240_000);
  let registry: Server;
  const asked: string[] = [];

  before(async () => {
    // It knows no package, and nothing outside of this machine is asked.
    registry = createServer((request, response) => {
      asked.push(request.method ?? "");
      response.writeHead(404, { "content-type": "application/json" }).end("{}");
    });
    await new Promise<void>((listening) => registry.listen(0, "127.0.0.1", listening));
    process.env.npm_config_registry = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
  });
  after(() => {
    delete process.env.npm_config_registry;
    registry.closeAllConnections();
    registry.close();
  });

  it("takes the package, and sends nothing", async () => {
    const { folder } = await tarball();
    assert.equal((await checkPublish(folder)).problem, undefined);
    assert.ok(
      asked.every((method) => method === "GET"),
      asked.join(),
    );
  });
});
