import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { changesOf, completedInOrder, stepOf } from "../../lab/engine/journal";
import { OperationFailed, UNKNOWN } from "../../lab/engine/workspace";
import { allow, awsLab, openAwsStack, PATIENCE_MS, trustPolicy, unique, withStack } from "./plugins/awsLab";

const FOLDER = join(__dirname, "fixtures", "engineProgram");

/** What an operation rejects with. */
async function failureOf(operation: Promise<unknown>): Promise<OperationFailed> {
  const reason: unknown = await operation.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(reason instanceof OperationFailed, `it was to fail, but: ${String(reason)}`);
  return reason;
}

/** SIGKILL to the engine that this process runs. */
function killEngine(): void {
  const processes = execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" });
  for (const line of processes.split("\n")) {
    const [pid, parent, command] = line.trim().split(/\s+/);
    if (Number(parent) === process.pid && command?.endsWith("/pulumi")) process.kill(Number(pid), "SIGKILL");
  }
}

describe("the engine with a program that is a function", function () {
  this.timeout(PATIENCE_MS);

  it("tells steps with inputs and outputs, their order, a summary and the outputs", async () => {
    const log: string[] = [];
    const program = () => {
      const component = new pulumi.ComponentResource("test:index:Group", "group");
      const role = new aws.iam.Role("role", { assumeRolePolicy: trustPolicy() }, { parent: component });
      const policyArn = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
      new aws.iam.RolePolicyAttachment("attachment", { role: role.name, policyArn });
      return Promise.resolve({ name: role.name, hidden: pulumi.secret("s") });
    };
    await withStack(
      program,
      async (stack) => {
        const preview = await stack.preview();
        assert.equal(preview.summary.create, 4);
        const role = stepOf(preview, { name: "role" });
        assert.match(role.parent, /::test:index:Group::group$/);
        assert.match(role.provider, /::pulumi:providers:aws::default_/);
        assert.equal(role.newOutputs?.arn, UNKNOWN);
        assert.equal("__defaults" in (role.newInputs ?? {}), false);

        const up = await stack.up();
        assert.equal(up.summary.create, 4);
        assert.equal(up.outputs.hidden, "s");
        assert.deepEqual(await stack.outputs(), up.outputs);
        assert.equal(completedInOrder(up, { name: "group" }, { name: "role" }), true);
        assert.equal(completedInOrder(up, { name: "role" }, { name: "attachment" }), true);
        const attached = stepOf(up, { name: "attachment" });
        assert.equal(attached.newInputs?.role, up.outputs.name);
        assert.match(up.text, /aws:iam:Role role created/);
        assert.equal(log.join("").includes(up.text), true);

        const down = await stack.destroy();
        assert.equal(completedInOrder(down, { name: "attachment" }, { name: "role" }), true);
      },
      { log: (text) => log.push(text) },
    );
  });

  it("runs another program in the same stack when it is given one", async () => {
    const empty = () => Promise.resolve({});
    await withStack(empty, async (stack) => {
      const program = () => {
        new aws.iam.Role("role", { assumeRolePolicy: trustPolicy() });
        return Promise.resolve({});
      };
      assert.equal(stepOf(await stack.up(program), { name: "role" }).op, "create");
      assert.deepEqual(changesOf(await stack.preview(program)), []);
      assert.equal(stepOf(await stack.preview(), { name: "role" }).op, "delete");
    });
  });

  it("opens a stack again where it was left", async () => {
    const project = `test-${unique()}`;
    const program = () => {
      const role = new aws.iam.Role("role", { assumeRolePolicy: trustPolicy() });
      return Promise.resolve({ name: role.name });
    };
    await withStack(
      program,
      async (stack) => {
        const { outputs } = await stack.up();
        const again = await openAwsStack(program, { project });
        assert.deepEqual(await again.outputs(), outputs);
        assert.deepEqual(changesOf(await again.preview()), []);
      },
      { project },
    );
  });

  it("exports and imports state", async () => {
    const program = () => {
      const role = new aws.iam.Role("role", { assumeRolePolicy: trustPolicy() });
      return Promise.resolve({ name: role.name });
    };
    await withStack(program, async (stack) => {
      const empty = await stack.exportState();
      await stack.up();
      const full = await stack.exportState();
      await stack.importState(empty);
      assert.equal(stepOf(await stack.preview(), { name: "role" }).op, "create");
      await stack.importState(full);
      assert.deepEqual(changesOf(await stack.preview()), []);
    });
  });

  it("keeps its state where it is told to", async () => {
    const stateDirectory = mkdtempSync(join(tmpdir(), "eks-irsa-state-"));
    try {
      const stack = await openAwsStack(() => Promise.resolve({ a: 1 }), { stateDirectory });
      await stack.up();
      assert.equal(existsSync(join(stateDirectory, ".pulumi", "stacks")), true);
    } finally {
      rmSync(stateDirectory, { recursive: true });
    }
  });

  it("gives structured configuration to the program", async () => {
    const program = () => {
      const config = new pulumi.Config();
      const list = config.requireObject<{ name: string }[]>("list");
      return Promise.resolve({ text: config.require("text"), list, other: new pulumi.Config("x").get("y") });
    };
    const config = { text: "t", list: [{ name: "a" }], "x:y": "z" };
    await withStack(
      program,
      async (stack) => {
        assert.deepEqual((await stack.up()).outputs, { text: "t", list: [{ name: "a" }], other: "z" });
      },
      { config },
    );
  });

  it("fails with all that the engine and the program have to say", async () => {
    const stack = await openAwsStack(() => {
      new aws.iam.Role("role", { assumeRolePolicy: "no JSON", maxSessionDuration: 1 });
      return Promise.resolve({});
    });
    const failure = await failureOf(stack.preview());
    assert.match(failure.message, /^pulumi preview failed\n/);
    assert.match(failure.message, /Role::role: .*contains an invalid JSON policy/);
    assert.match(failure.message, /Role::role: .*expected max_session_duration to be in the range/);
    assert.equal(
      failure.result.diagnostics.some(({ severity }) => severity === "error"),
      true,
    );

    const throwing = await openAwsStack(() => Promise.reject(new Error("the program's own fault")));
    assert.match((await failureOf(throwing.up())).message, /the program's own fault/);
  });

  it("goes on after the engine was killed: cancel takes away its lock, and what it made is known", async () => {
    let kill = true;
    const program = () => {
      const role = new aws.iam.Role("role", { assumeRolePolicy: trustPolicy() });
      // Only an update gets here: in a preview the ARN is unknown.
      const arn = role.arn.apply((value) => {
        if (kill) killEngine();
        return value;
      });
      new aws.iam.RolePolicy("inline", {
        role: role.name,
        name: arn.apply(() => "x"),
        policy: allow("s3:Get*"),
      });
      return Promise.resolve({ name: role.name });
    };
    await withStack(program, async (stack) => {
      await failureOf(stack.up());
      kill = false;
      assert.match((await failureOf(stack.up())).message, /currently locked by 1 lock/);
      await stack.cancel();
      await stack.refresh({ clearPendingCreates: true });
      const up = await stack.up();
      assert.equal(stepOf(up, { name: "role" }).op, "same");
      assert.equal(stepOf(up, { name: "inline" }).op, "create");
    });
  });

  it("keeps the user's own AWS settings out", async () => {
    // Each of them would lead away from the lab, or be refused.
    const settings = { AWS_PROFILE: "work", AWS_ENDPOINT_URL_IAM: "https://iam.amazonaws.com" };
    const before = { ...process.env };
    Object.assign(process.env, settings);
    try {
      const program = async () => ({ accountId: (await aws.getCallerIdentity()).accountId });
      const stack = await openAwsStack(program);
      assert.deepEqual((await stack.up()).outputs, { accountId: "123456789012" });
    } finally {
      for (const name of Object.keys(settings)) {
        if (before[name] === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = before[name];
      }
    }
  });
});

describe("the engine with a program that is a folder", function () {
  this.timeout(PATIENCE_MS);

  const config = { names: ["a", "b"] };

  it("imports it in a process of its own, with its configuration, and takes its exports as outputs", async () => {
    const lab = await awsLab();
    const log: string[] = [];
    const stack = await openAwsStack(() => Promise.resolve({}), {
      program: FOLDER,
      config,
      environment: { EXTRA: "more" },
      log: (text) => log.push(text),
    });
    try {
      assert.equal((await stack.preview()).summary.create, 3);
      const { outputs } = await stack.up();
      assert.equal(outputs.greeting, "hello");
      assert.deepEqual(outputs.names, ["a", "b"]);
      assert.equal(outputs.folder, "program");
      assert.notEqual(outputs.processId, process.pid);
      assert.deepEqual(outputs.environment, { marker: lab.runId, extra: "more" });
      assert.match(String((outputs.roleNames as string[])[1]), /^b-[0-9a-f]{7}$/);
      assert.equal(outputs.secret, "shown in the outputs of the Automation API");
      assert.equal("default" in outputs, false);
      assert.match(log.join(""), /aws:iam:Role a created/);
    } finally {
      await stack.destroy();
    }
  });

  it("fails with what the program threw, and with what its configuration lacks", async () => {
    const throwing = await openAwsStack(() => Promise.resolve({}), {
      program: FOLDER,
      config: { ...config, mode: "throw" },
    });
    const failure = await failureOf(throwing.preview());
    assert.match(failure.message, /the program's own fault/);
    assert.equal(failure.kind, "preview");

    const lacking = await openAwsStack(() => Promise.resolve({}), { program: FOLDER });
    assert.match((await failureOf(lacking.up())).message, /names/);
  });

  it("is refused when it has no Pulumi.yaml", async () => {
    const opened = openAwsStack(() => Promise.resolve({}), { program: join(FOLDER, "program") });
    await assert.rejects(opened, /ENOENT.*Pulumi\.yaml/);
  });
});
