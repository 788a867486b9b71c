import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { samplePodScript, verificationScript } from "../../components/proofScript";
import { IdentityMode } from "../../trust/types";

const ROLE_ARN = "arn:aws:iam::123456789012:role/workloads/reader";
const SESSION = "arn:aws:sts::123456789012:assumed-role/reader/botocore-session-1700000000";

/** A container of a pod that proves its role: the script, and on PATH an `aws` and a `sleep` of ours before the machine's. */
class Container {
  readonly home = mkdtempSync(join(tmpdir(), "eks-irsa-pod-"));
  readonly path = (name: string) => join(this.home, name);
  output = "";
  private child: ChildProcess | undefined;

  /** @param aws what `aws` does, in shell; `$CALL` says how often it was called. */
  constructor(
    aws: string,
    private readonly script = samplePodScript(IdentityMode.Irsa),
  ) {
    const count = `CALL=$(cat "$HOME/calls" 2>/dev/null || echo 0); CALL=$((CALL + 1)); echo $CALL >"$HOME/calls"`;
    this.executable("aws", `echo "$*" >"$HOME/asked"; ${count}; ${aws}`);
    // The waits between two attempts are passed over. The one at the end is real, and shows that the shell has come there.
    this.executable(
      "sleep",
      'if [ "$1" = 5 ]; then echo 5 >>"$HOME/waits"; else : >"$HOME/up"; PATH="$REAL_PATH" exec sleep "$1"; fi',
    );
  }

  private executable(name: string, script: string): void {
    writeFileSync(this.path(name), `#!/bin/sh\n${script}\n`);
    chmodSync(this.path(name), 0o755);
  }

  start(roleArn: string, shell: string): ChildProcess {
    const real = process.env.PATH ?? "";
    // In a group of its own, so that the last `sleep` can be ended with it; named `sh`, as the image calls its bash.
    const child = spawn(shell, ["-c", this.script], {
      argv0: "sh",
      cwd: this.home,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        PATH: `${this.home}:${real}`,
        REAL_PATH: real,
        HOME: this.home,
        TERMINATION_LOG: this.path("termination-log"),
        EXPECTED_ROLE_ARN: roleArn,
      },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (this.output += text));
    }
    this.child = child;
    return child;
  }

  read(name: string): string {
    return readFileSync(this.path(name), "utf8");
  }

  remove(): void {
    if (this.child?.pid !== undefined) {
      try {
        process.kill(-this.child.pid, "SIGKILL");
      } catch {
        // Everything of it has ended by itself.
      }
    }
    rmSync(this.home, { recursive: true, force: true });
  }
}

// In the image `sh` is bash; on this machine it may be another shell. The script is for either.
for (const shell of ["sh", "bash"]) {
  describe(`sample pod's script, run by ${shell}`, () => {
    let container: Container;
    afterEach(() => {
      container.remove();
    });

    /** Runs to the end and gives the exit code. */
    async function end(aws: string, roleArn = ROLE_ARN): Promise<number> {
      container = new Container(aws);
      const [code] = (await once(container.start(roleArn, shell), "exit")) as [number];
      return code;
    }

    /** Runs until ready, asserts that it stays up, and gives its exit code after SIGTERM. */
    async function ready(aws: string, roleArn = ROLE_ARN): Promise<number | null> {
      container = new Container(aws);
      const child = container.start(roleArn, shell);
      const exit = once(child, "exit") as Promise<[number | null]>;
      while (!existsSync(container.path("up"))) {
        assert.equal(child.exitCode, null, container.output);
        await pause(5);
      }
      assert.ok(existsSync(container.path("ready")));
      child.kill("SIGTERM");
      const [code] = await exit;
      return code;
    }

    it("is ready as a session of the role, stays up, and ends at SIGTERM", async () => {
      assert.equal(await ready(`echo ${SESSION}`), 0);
      assert.match(container.output, new RegExp(`^AWS calls this pod ${SESSION}$`, "m"));
      assert.equal(container.read("asked"), "sts get-caller-identity --query Arn --output text\n");
      assert.equal(existsSync(container.path("termination-log")), false);
    });

    for (const [partition, arn] of [
      ["China", "arn:aws-cn:iam::123456789012:role/reader"],
      ["GovCloud", "arn:aws-us-gov:iam::123456789012:role/a/b/c/reader"],
    ] as const) {
      it(`knows the role in ${partition}, whatever its path`, async () => {
        const session = `${arn.split(":iam:", 1)[0]!}:sts::123456789012:assumed-role/reader/s`;
        assert.equal(await ready(`echo ${session}`, arn), 0);
      });
    }

    it("tries again while IAM does not know the trust policy yet", async () => {
      const aws = `[ $CALL -lt 12 ] && { echo AccessDenied >&2; exit 254; }; echo ${SESSION}`;
      assert.equal(await ready(aws), 0);
      assert.equal(container.read("calls").trim(), "12");
    });

    const strangers: [string, string][] = [
      ["the node's role", "arn:aws:sts::123456789012:assumed-role/eks-node/i-0123456789abcdef0"],
      ["the role of that name in another account", SESSION.replace("123456789012", "210987654321")],
      ["the role of that name in another partition", SESSION.replace("arn:aws:", "arn:aws-cn:")],
      ["a role whose name begins so", SESSION.replace("/reader/", "/reader-2/")],
      ["a role whose name ends so", SESSION.replace("/reader/", "/my-reader/")],
      ["a role whose session is called so", SESSION.replace("/reader/", "/other/reader/")],
      ["a user", "arn:aws:iam::123456789012:user/reader"],
      ["nobody", ""],
    ];
    for (const [who, arn] of strangers) {
      it(`is not ready as ${who}: it says so in its termination message and ends with 1`, async () => {
        assert.equal(await end(`echo '${arn}'`), 1);
        assert.equal(existsSync(container.path("ready")), false);
        const message = container.read("termination-log");
        assert.ok(
          message.startsWith(`AWS calls this pod ${arn}, which is no session of ${ROLE_ARN}.`),
          message,
        );
        assert.match(message, /delete the pod and make it anew\.$/);
        assert.ok(container.output.includes(message));
      });
    }

    it("gives AWS's own error as its termination message, word for word, after a minute of attempts", async () => {
      const error =
        "\nAn error occurred (AccessDenied) when calling the AssumeRoleWithWebIdentity operation: " +
        "Not authorized to perform sts:AssumeRoleWithWebIdentity\n  100% \\n $HOME `id` * \"quoted\" 'too'";
      // By a file, so that nothing here is the shell's to read.
      container = new Container(`cat "$HOME/error" >&2; exit 254`);
      writeFileSync(container.path("error"), `${error}\n`);
      const [code] = (await once(container.start(ROLE_ARN, shell), "exit")) as [number];
      assert.equal(code, 1);
      assert.equal(container.read("termination-log"), error);
      assert.equal(container.read("calls").trim(), "12");
      assert.equal(container.read("waits"), "5\n".repeat(11));
    });
  });
}

describe("the verification Job's script", () => {
  let container: Container;
  afterEach(() => {
    container.remove();
  });

  async function end(aws: string): Promise<number> {
    container = new Container(aws, verificationScript(IdentityMode.Irsa));
    const [code] = (await once(container.start(ROLE_ARN, "sh"), "exit")) as [number];
    return code;
  }

  it("ends with 0 as a session of the role", async () => {
    assert.equal(await end(`[ $CALL -lt 3 ] && exit 254; echo ${SESSION}`), 0);
    assert.match(container.output, new RegExp(`^AWS calls this pod ${SESSION}$`, "m"));
    assert.equal(container.read("calls").trim(), "3");
  });

  it("gives up after three answers, so that a new pod comes soon, and leaves the last one behind", async () => {
    assert.equal(await end('echo "Unable to locate credentials" >&2; exit 253'), 1);
    assert.equal(container.read("calls").trim(), "3");
    assert.equal(container.read("termination-log"), "Unable to locate credentials");
  });
});
