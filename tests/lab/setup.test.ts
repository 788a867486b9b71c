import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { PassThrough } from "node:stream";
import { provide, pulumiRootOf, type SetupContext } from "../../lab/setup/binaries";
import { cacheRoot, type Installation, installedFile, installOnce } from "../../lab/setup/cache";
import { findChecksum } from "../../lab/setup/download";
import { atMost } from "../../lab/setup/limit";
import { isGoodEnough, parseVersion } from "../../lab/setup/onPath";
import {
  etcd,
  kubeApiServer,
  kubeControllerManager,
  kubectl,
  type Part,
  pulumi,
} from "../../lab/setup/parts";
import { createProgress, formatDuration } from "../../lab/setup/progress";
import { awsFolderOf, miniStack, moto, providePython } from "../../lab/setup/python";
import { identifySelf } from "../../lab/supervisor/processes";

/** A program that ends with what a shell script says. */
function writeScript(file: string, script: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Builds as Go does, as far as anybody here can see: says what it compiles, and writes the file. */
const FAKE_GO = `
if [ "$1" = env ]; then echo go1.99.0; exit 0; fi
while [ "$1" != -o ]; do case "$1" in -gcflags=*) flags=$1 ;; esac; shift; done
echo golang.org/x/net/http2 >&2
printf '%s' "built with CGO_ENABLED=$CGO_ENABLED GOGC=$GOGC $flags" > "$2"
`;

/** Makes environments as Python does, as far as anybody here can see, and keeps what pip was asked for. */
const FAKE_PYTHON = `
case "$2" in
  venv) mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
  pip) folder=$(dirname "$0"); echo "$@" > "$folder/asked"; echo "#!$0" > "$folder/aws" ;;
  *) echo version 3.11 ;;
esac
`;

const NOBODY_LISTENS = "http://127.0.0.1:1";

describe("setting up", () => {
  let root: string;
  let bin: string;
  let lines: string[];
  let servers: http.Server[];

  beforeEach(() => {
    root = fs.mkdtempSync(path.join(os.tmpdir(), "setup-test-"));
    bin = path.join(root, "bin");
    fs.mkdirSync(bin);
    lines = [];
    servers = [];
  });

  afterEach(() => {
    servers.forEach((server) => server.close());
    fs.rmSync(root, { recursive: true });
  });

  /** A setting where PATH has only what the test puts into `bin`, unless more is asked for. */
  function context(env: NodeJS.ProcessEnv = {}): SetupContext {
    return {
      root: path.join(root, "cache"),
      env: { PATH: bin, HOME: root, ...env },
      progress: {
        line: (text) => lines.push(text),
        step: (doing) => {
          lines.push(doing);
          return () => undefined;
        },
      },
      buildSlot: atMost(2),
    };
  }

  /** etcd, as published by the server at `base`. */
  function part(base = NOBODY_LISTENS): Part {
    const download = { url: `${base}/etcd.tar.gz`, checksumUrl: `${base}/SHA256SUMS`, unpackTo: "." };
    return { ...etcd, download: () => download };
  }

  async function publish(files: Record<string, Buffer | string>): Promise<string> {
    const server = http.createServer((request, response) => {
      const file = files[(request.url ?? "").slice(1)];
      response.writeHead(file === undefined ? 404 : 200).end(file);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  function archive(): Buffer {
    const release = path.join(root, "etcd-v3.7.3-linux");
    writeScript(path.join(release, "etcd"), "echo a release");
    return execFileSync("tar", ["-czf", "-", "-C", root, path.basename(release)]);
  }

  const withTar = () => ({ PATH: `${bin}${path.delimiter}${process.env.PATH ?? ""}` });

  describe("the cache", () => {
    it("is where the user says, or in the user's cache folder", () => {
      assert.equal(cacheRoot({ EKS_IRSA_LAB_CACHE: "/a" }), "/a");
      assert.equal(cacheRoot({ XDG_CACHE_HOME: "/b" }), "/b/eks-irsa-lab");
      assert.equal(cacheRoot({ HOME: "/c" }), "/c/.cache/eks-irsa-lab");
    });

    function installation(build: Installation["build"], onWait: Installation["onWait"] = () => undefined) {
      return { root, folder: "thing-v1", file: "thing", onWait, build };
    }

    it("has one of two at the same time do the work, and tells the other to wait", async () => {
      let builds = 0;
      const waiting: (number | undefined)[] = [];
      const once = () =>
        installOnce(
          installation(
            async (partial) => {
              builds++;
              await new Promise((resolve) => setTimeout(resolve, 50));
              fs.writeFileSync(path.join(partial, "thing"), "whole");
            },
            ({ holder }) => waiting.push(holder),
          ),
        );
      const [one, other] = await Promise.all([once(), once()]);
      assert.equal(one, other);
      assert.equal(fs.readFileSync(one, "utf8"), "whole");
      assert.equal(builds, 1);
      assert.deepEqual(waiting, [process.pid]);
    });

    it("shows nothing of an installation before it is whole", async () => {
      const what = installation((partial) => {
        fs.writeFileSync(path.join(partial, "thing"), "half");
        assert.equal(installedFile(what), undefined);
        assert.equal(fs.existsSync(path.join(root, "thing-v1")), false);
        return Promise.resolve();
      });
      assert.equal(await installOnce(what), installedFile(what));
    });

    it("keeps nothing of one that failed, and tries again", async () => {
      const fails = installation(() => Promise.reject(new Error("no disk left")));
      await assert.rejects(installOnce(fails), /no disk left/);
      assert.deepEqual(fs.readdirSync(root).sort(), ["bin", "locks"]);
      assert.deepEqual(fs.readdirSync(path.join(root, "locks")), []);
      const works = installation((partial) => {
        fs.writeFileSync(path.join(partial, "thing"), "");
        return Promise.resolve();
      });
      assert.ok(fs.existsSync(await installOnce(works)));
    });

    it("refuses an installation that lacks the file it is for", async () => {
      await assert.rejects(installOnce(installation(() => Promise.resolve())), /has no thing/);
    });

    it("takes over from one that was killed, with what that had begun", async () => {
      const begun = path.join(root, "thing-v1.partial-abc");
      fs.mkdirSync(begun);
      fs.mkdirSync(path.join(root, "locks"));
      const dead = { ...identifySelf(), startTime: "before this pid was given away again" };
      fs.writeFileSync(path.join(root, "locks", "thing-v1.lock"), JSON.stringify(dead));
      const waiting: unknown[] = [];
      await installOnce(
        installation(
          (partial) => {
            assert.equal(fs.existsSync(begun), false);
            fs.writeFileSync(path.join(partial, "thing"), "");
            return Promise.resolve();
          },
          (told) => waiting.push(told),
        ),
      );
      assert.deepEqual(waiting, []);
    });
  });

  describe("a program", () => {
    it("is taken from PATH when it is new enough", async () => {
      writeScript(path.join(bin, "etcd"), "echo etcd Version: 3.6.1");
      assert.equal(await provide(part(), context()), path.join(bin, "etcd"));
      assert.deepEqual(fs.readdirSync(root).sort(), ["bin"]);
    });

    it("is taken from KUBEBUILDER_ASSETS before PATH", async () => {
      const assets = path.join(root, "assets");
      writeScript(path.join(assets, "etcd"), "echo etcd Version: 3.5.0");
      writeScript(path.join(bin, "etcd"), "echo etcd Version: 3.6.1");
      assert.equal(await provide(part(), context({ KUBEBUILDER_ASSETS: assets })), path.join(assets, "etcd"));
    });

    it("is taken from the cache before anywhere else", async () => {
      writeScript(path.join(bin, "etcd"), "echo etcd Version: 3.6.1");
      const cached = path.join(root, "cache", "etcd-v3.7.3", "etcd");
      writeScript(cached, "exit 1");
      assert.equal(await provide(part(), context()), cached);
      assert.deepEqual(lines, []);
    });

    it("is downloaded when its checksum is the published one", async () => {
      const release = archive();
      const sum = crypto.createHash("sha256").update(release).digest("hex");
      const sums = `${"0".repeat(64)}  other.tar.gz\n${sum}  etcd.tar.gz\n`;
      const base = await publish({ "etcd.tar.gz": release, SHA256SUMS: sums });
      writeScript(path.join(bin, "go"), "exit 1");
      const file = await provide(part(base), context(withTar()));
      assert.equal(file, path.join(root, "cache", "etcd-v3.7.3", "etcd"));
      assert.equal(execFileSync(file, { encoding: "utf8" }), "a release\n");
      assert.match(lines.at(-1)!, /^etcd v3\.7\.3 downloaded in \d+ s$/);
    });

    it("is refused when its checksum is another, and built instead", async () => {
      const base = await publish({
        "etcd.tar.gz": archive(),
        SHA256SUMS: `${"0".repeat(64)}  etcd.tar.gz\n`,
      });
      writeScript(path.join(bin, "go"), FAKE_GO);
      const file = await provide(part(base), context(withTar()));
      assert.equal(
        fs.readFileSync(file, "utf8"),
        "built with CGO_ENABLED=0 GOGC=400 -gcflags=all=-dwarf=false",
      );
      assert.match(
        lines.join("\n"),
        /etcd\.tar\.gz was refused: its SHA-256 is [0-9a-f]{64}, the published one 0{64}/,
      );
    });

    it("is refused when no checksum of it is published", async () => {
      const base = await publish({
        "etcd.tar.gz": archive(),
        SHA256SUMS: `${"0".repeat(64)}  other.tar.gz\n`,
      });
      writeScript(path.join(bin, "go"), FAKE_GO);
      await provide(part(base), context(withTar()));
      assert.match(lines.join("\n"), /has no SHA-256 checksum of etcd\.tar\.gz/);
    });

    it("is built when there is no download, into a folder with nothing else in it", async () => {
      writeScript(path.join(bin, "go"), FAKE_GO);
      const file = await provide(part(), context());
      assert.deepEqual(fs.readdirSync(path.dirname(file)), ["etcd"]);
      assert.match(lines.join("\n"), /^etcd v3\.7\.3: no download \(.*ECONNREFUSED.*\), so it is built$/m);
      assert.match(lines.at(-1)!, /^etcd v3\.7\.3 built in \d+ s$/);
    });

    it("that cannot be had at all: the error says why, and what helps", async () => {
      writeScript(path.join(bin, "etcd"), "echo etcd Version: 3.4.9");
      await assert.rejects(provide(part(), context()), (error: Error) => {
        assert.match(error.message, /^etcd v3\.7\.3 is missing/);
        assert.match(error.message, /on this machine: .*\/bin\/etcd is v3\.4\.9/);
        assert.match(error.message, /download: .*ECONNREFUSED/);
        assert.match(error.message, /build: Go is not installed/);
        assert.match(error.message, /install Go 1\.\d+ or newer/);
        assert.match(
          error.message,
          /put etcd v3\.5\.0 or newer .* on PATH or into the folder that KUBEBUILDER_ASSETS names/,
        );
        return true;
      });
    });

    it("with a Go that is too old: the error has Go's own words", async () => {
      writeScript(
        path.join(bin, "go"),
        "echo 'go: go.mod requires go >= 1.26.0 (running go 1.22.1)' >&2; exit 1",
      );
      await assert.rejects(provide(part(), context()), /Go does not suffice: .*running go 1\.22\.1/);
    });

    it("that Go cannot build: the error has the end of the build's output", async () => {
      writeScript(
        path.join(bin, "go"),
        `[ "$1" = env ] && exit 0; echo 'dial tcp: no route to the proxy' >&2; exit 1`,
      );
      await assert.rejects(provide(part(), context()), /go build failed:\s+dial tcp: no route to the proxy/);
    });
  });

  it("knows where each program is published and how it is built", () => {
    for (const each of [pulumi, etcd, kubeApiServer, kubeControllerManager, kubectl]) {
      for (const arch of ["x64", "arm64"]) {
        const download = each.download("linux", arch);
        assert.match(download?.url ?? "", new RegExp(`^https://.*v${each.version}`), `${each.name} ${arch}`);
        assert.match(download?.checksumUrl ?? "", /^https:/);
      }
      assert.equal(each.download("sunos", "x64"), undefined);
      const goMod = fs.readFileSync(path.join(each.build.directory, "go.mod"), "utf8");
      const module = goMod
        .split("\n")
        .find((line) =>
          each.build.package.startsWith(/^\t?(\S+) v/.exec(line.replace("require ", ""))?.[1] ?? "-"),
        );
      assert.match(module ?? "", new RegExp(`v${each.version}( |$)`), `${each.name} in go.mod`);
    }
  });

  it("reads checksums as they are published", () => {
    const sum = "a".repeat(64);
    assert.equal(findChecksum(`${sum}\n`, "kube-apiserver"), sum);
    assert.equal(findChecksum(`${sum} *x.tar.gz\n`, "x.tar.gz"), sum);
    assert.equal(findChecksum(`${sum}  y.tar.gz\n`, "x.tar.gz"), undefined);
    assert.equal(findChecksum("<html>not found</html>", "x.tar.gz"), undefined);
  });

  it("compares versions by number, and takes no other major version", () => {
    const oldest = parseVersion("3.200.0")!;
    const fits = (text: string) => isGoodEnough(parseVersion(text)!, oldest);
    assert.deepEqual(["v3.99.9", "3.200.0", "v3.258.0-dev", "4.0.0", "2.999.0"].map(fits), [
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  it("gives the Automation API a folder with bin/pulumi, wherever the CLI is", () => {
    assert.equal(pulumiRootOf("/opt/pulumi/bin/pulumi", root), "/opt/pulumi");
    writeScript(path.join(root, "tools", "pulumi"), "echo v3.258.0");
    const folder = pulumiRootOf(path.join(root, "tools", "pulumi"), root);
    assert.equal(execFileSync(path.join(folder, "bin", "pulumi"), { encoding: "utf8" }), "v3.258.0\n");
  });

  it("says which Python it wants", async () => {
    writeScript(path.join(bin, "python3"), "echo version 3.8");
    await assert.rejects(providePython(context()), /needs Python 3\.10 or newer on PATH \(python3 is 3\.8\)/);
  });

  it("makes each Python environment once, in a folder of its own, of packages whose checksums are known", async () => {
    writeScript(path.join(bin, "python3"), FAKE_PYTHON);
    const provideBoth = () =>
      Promise.all([moto, miniStack].map((each) => providePython(context(withTar()), each)));
    const [forMoto = "", forMiniStack = ""] = await provideBoth();
    for (const [python, { name, requirements }] of [
      [forMoto, moto] as const,
      [forMiniStack, miniStack] as const,
    ]) {
      const folder = path.dirname(python);
      const asked = fs.readFileSync(path.join(folder, "asked"), "utf8");
      assert.ok(asked.endsWith(` --require-hashes -r ${requirements}\n`), asked);
      assert.equal(fs.readFileSync(path.join(folder, "aws"), "utf8"), `#!${python}\n`);
      assert.ok(lines.includes(`making a Python environment with ${name}`));
      assert.doesNotMatch(fs.readFileSync(requirements, "utf8"), /:\/\/|^ *--(?!hash)/m);
    }
    assert.notEqual(forMoto, forMiniStack);
    assert.deepEqual(fs.readdirSync(awsFolderOf(forMoto)), ["aws"]);
    assert.equal(fs.existsSync(awsFolderOf(forMiniStack)), false);
    lines = [];
    assert.deepEqual(await provideBoth(), [forMoto, forMiniStack]);
    assert.deepEqual(lines, []);
  });

  it("lets no more work at once than it is told, and no failure stops the rest", async () => {
    const limited = atMost(2);
    let running = 0;
    let most = 0;
    const work = async (index: number) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      if (index === 1) {
        throw new Error("failed");
      }
      return index;
    };
    const results = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => limited(() => work(index))));
    assert.deepEqual(
      results.map((result) => result.status === "fulfilled" && result.value),
      [0, false, 2, 3, 4],
    );
    assert.equal(most, 2);
  });

  describe("progress", () => {
    it("tells time as people do", () => {
      assert.deepEqual([400, 43_000, 343_400, 3_600_000].map(formatDuration), [
        "0 s",
        "43 s",
        "5 min 43 s",
        "60 min 0 s",
      ]);
    });

    it("says what is done, again how far it is, and nothing more when it is done", async () => {
      const stream = new PassThrough();
      const told: string[] = [];
      const enough = new Promise<void>((resolve) => {
        stream.setEncoding("utf8").on("data", (text: string) => {
          told.push(text);
          if (told.length === 3) {
            resolve();
          }
        });
      });
      const done = createProgress(stream, 5).step("building it", {
        usually: "6 min",
        howFar: () => "7 of 9",
      });
      await enough;
      done();
      assert.equal(told[0], "  building it (usually 6 min)\n");
      assert.match(told[1]!, /^ {2}building it … \d+ s \(usually 6 min; 7 of 9\)\n$/);
    });
  });
});
