import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { provideBrowserIn, type BrowserContext } from "../../../lab/setup/browser";

const STARTS = 'echo "Chromium 156.0.1.2"';

describe("getting a browser", () => {
  let root: string;
  let bin: string;
  let lines: string[];

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "browser-test-"));
    bin = path.join(root, "bin");
    fs.mkdirSync(bin);
    lines = [];
  });

  afterEach(() => {
    fs.rmSync(root, { recursive: true });
  });

  function writeScript(name: string, script: string): string {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  }

  /** A machine that has only what the test puts on PATH, and reaches nothing. */
  function machine(more: Partial<BrowserContext> = {}, env: NodeJS.ProcessEnv = {}): BrowserContext {
    const progress = {
      line: (text: string) => lines.push(text),
      step: (doing: string) => {
        lines.push(doing);
        return () => undefined;
      },
    };
    return {
      root: path.join(root, "cache"),
      env: { PATH: bin, HOME: root, PLAYWRIGHT_DOWNLOAD_HOST: "http://127.0.0.1:1", ...env },
      progress,
      platform: "linux",
      isRoot: true,
      usualPlaces: [],
      ...more,
    };
  }

  /** An apt-get that writes down what it is asked, and installs a browser. */
  function writeAptGet(
    installs = `printf '#!/bin/sh\\n${STARTS}\\n' > $BIN/chromium; /bin/chmod +x $BIN/chromium`,
  ): void {
    const script = [
      `BIN=${bin}`,
      `echo "$DEBIAN_FRONTEND: $*" >> ${path.join(root, "asked")}`,
      `case "$*" in *install*) ${installs};; esac`,
    ];
    writeScript("bin/apt-get", script.join("\n"));
  }

  it("takes the one that the environment names, whatever is on PATH", async () => {
    writeScript("bin/chromium", STARTS);
    const own = writeScript("own/browser", STARTS);
    assert.equal(await provideBrowserIn(machine({}, { EKS_IRSA_LAB_BROWSER: own })), own);
  });

  it("says so when the one that the environment names does not start", async () => {
    writeScript("bin/chromium", STARTS);
    const context = machine({}, { EKS_IRSA_LAB_BROWSER: path.join(root, "absent") });
    await assert.rejects(
      provideBrowserIn(context),
      /EKS_IRSA_LAB_BROWSER names .*absent, which is no browser/,
    );
  });

  it("takes one on PATH, but not one that only tells how to get it", async () => {
    writeScript("bin/chromium-browser", 'echo "install the snap 1.0" >&2; exit 1');
    const chrome = writeScript("bin/google-chrome", STARTS);
    assert.equal(await provideBrowserIn(machine()), chrome);
  });

  it("takes one that is in a usual place", async () => {
    const place = writeScript("Applications/Chrome", STARTS);
    assert.equal(await provideBrowserIn(machine({ usualPlaces: [place] })), place);
  });

  it("takes the one that was downloaded before", async () => {
    const { version } = JSON.parse(
      fs.readFileSync(require.resolve("playwright-core/package.json"), "utf8"),
    ) as { version: string };
    const kept = writeScript(`cache/playwright-v${version}/browser`, STARTS);
    assert.equal(await provideBrowserIn(machine()), kept);
  });

  it("has root install the package, without questions, when none can be downloaded", async () => {
    writeAptGet();
    assert.equal(await provideBrowserIn(machine()), path.join(bin, "chromium"));
    const asked = fs.readFileSync(path.join(root, "asked"), "utf8").trim().split("\n");
    assert.match(asked[1] ?? "", /^noninteractive: .* update$/);
    assert.match(asked[2] ?? "", /^noninteractive: .* install -y --no-install-recommends chromium$/);
    assert.ok(lines.includes("downloading a headless Chromium"), lines.join("\n"));
    assert.ok(lines.includes("installing the package chromium by apt-get"));
  });

  it("installs once for two who want it at the same time", async () => {
    writeAptGet();
    const paths = await Promise.all([provideBrowserIn(machine()), provideBrowserIn(machine())]);
    assert.deepEqual(paths, [path.join(bin, "chromium"), path.join(bin, "chromium")]);
    const asked = fs.readFileSync(path.join(root, "asked"), "utf8");
    assert.equal(asked.match(/install -y/g)?.length, 1);
    assert.ok(lines.some((line) => line.startsWith("waiting for a browser")));
  });

  it("names each way that failed, and what helps", async () => {
    writeAptGet('echo "E: Unable to locate package chromium" >&2; exit 100');
    await assert.rejects(provideBrowserIn(machine()), (error: Error) => {
      assert.match(error.message, /on this machine: none of chromium, .* is on PATH/);
      assert.match(error.message, /download: .*ECONNREFUSED/);
      assert.match(error.message, /package: E: Unable to locate package chromium/);
      assert.match(error.message, /EKS_IRSA_LAB_BROWSER=<path>/);
      return true;
    });
  });

  it("asks apt-get for nothing when it is not root", async () => {
    writeAptGet();
    await assert.rejects(provideBrowserIn(machine({ isRoot: false })), /package: only root may install/);
    assert.ok(!fs.readFileSync(path.join(root, "asked"), "utf8").includes("install"));
  });

  it("says that there is no apt-get where there is none", async () => {
    await assert.rejects(provideBrowserIn(machine({ platform: "darwin" })), /package: there is no apt-get/);
  });
});
