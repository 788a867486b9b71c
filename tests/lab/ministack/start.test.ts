import { CreateRoleCommand } from "@aws-sdk/client-iam";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { iamClient } from "../../../lab/aws/clients";
import { startMiniStack } from "../../../lab/ministack";
import { pause } from "../../../lab/supervisor/processes";
import { tether } from "../../../lab/supervisor/tether";
import { ROOT } from "../../support/root";
import { miniStackPython } from "./judge";

async function answers(url: string): Promise<boolean> {
  const response = await fetch(`${url}/_ministack/health`).catch(() => undefined);
  await response?.body?.cancel();
  return response !== undefined;
}

describe("MiniStack's server", () => {
  const tmpdir = process.env.TMPDIR;
  let folder: string;
  let python: string;

  before(async function () {
    // Its Python environment may have to be made.
    this.timeout(300_000);
    python = await miniStackPython();
  });

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), "ministack-test-"));
    process.env.TMPDIR = folder;
  });

  afterEach(() => {
    if (tmpdir === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = tmpdir;
    fs.rmSync(folder, { recursive: true });
  });

  it("enforces IAM on loopback alone, and leaves nothing when it is stopped", async () => {
    const server = await startMiniStack(python);
    const { port } = new URL(server.endpointUrl);
    try {
      const stranger = iamClient({ ...server, accessKeyId: "AKIAIOSFODNN7EXAMPLE" });
      const role = new CreateRoleCommand({ RoleName: "role", AssumeRolePolicyDocument: "{}" });
      await assert.rejects(stranger.send(role), { name: "InvalidClientTokenId" });
      assert.equal((await iamClient(server).send(role)).Role?.Arn, "arn:aws:iam::123456789012:role/role");
      // It would answer there if it listened on all addresses.
      assert.equal(await answers(`http://127.0.0.2:${port}`), false);
    } finally {
      await server.stop();
    }
    assert.equal(await answers(server.endpointUrl), false);
    assert.deepEqual(fs.readdirSync(folder), []);
  }).timeout(90_000);

  it("that cannot start: the error has the end of its log, and nothing is left", async () => {
    const broken = path.join(folder, "python");
    fs.writeFileSync(broken, "#!/bin/sh\necho no module named ministack\nexit 1\n", { mode: 0o755 });
    await assert.rejects(
      startMiniStack(broken),
      /ministack ended .*exit code 1[^]*no module named ministack/,
    );
    assert.deepEqual(fs.readdirSync(folder), ["python"]);
  });

  it("ends with the process that started it, however that ends", async function () {
    if (tether("true", [])[0] === "true") this.skip();
    const script = `require("./lab/ministack").startMiniStack(process.argv[1]).then((server) => console.log(server.endpointUrl))`;
    const parent = spawn(process.execPath, ["--import", "tsx", "--eval", script, python], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [url] = (await once(createInterface(parent.stdout), "line")) as [string];
    assert.equal(await answers(url), true);
    parent.kill("SIGKILL");
    const deadline = Date.now() + 20_000;
    while ((await answers(url)) && Date.now() < deadline) await pause(50);
    assert.equal(await answers(url), false);
  }).timeout(90_000);
});
