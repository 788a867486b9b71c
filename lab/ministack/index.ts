import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AwsEndpoint } from "../aws/iamClient";
import { Children, PartFailed } from "../supervisor/children";
import { endAll } from "../supervisor/marker";
import { freePorts } from "../supervisor/ports";

const NAME = "ministack";
const attempts = 3;

/** The account that roles are made in. */
export const accountId = "123456789012";

/** MiniStack's own root user, whom it believes without a look at the signature: whoever reaches it may do everything. */
const ROOT_USER = { accessKeyId: "test", secretAccessKey: "test" };

/** A running MiniStack that enforces IAM, seen as the account's root user. */
export interface MiniStack extends AwsEndpoint {
  stop: () => Promise<void>;
}

/** Starts MiniStack with IAM and STS on a free port of 127.0.0.1, and waits until it is ready. It does not outlive this process. */
export async function startMiniStack(python: string): Promise<MiniStack> {
  const directory = await mkdtemp(join(tmpdir(), "lab-ministack-"));
  await mkdir(join(directory, "logs"));
  const children = new Children(directory, environmentIn(directory), {
    changed: () => undefined,
    ended: () => undefined,
  });
  const stop = async () => {
    // SIGKILL after 2 s: it keeps nothing that a hard end could damage.
    await endAll(() => children.pids(), 2_000);
    await rm(directory, { recursive: true, force: true });
  };
  try {
    return { endpointUrl: await start(children, python), ...ROOT_USER, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(children: Children, python: string): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const [port = 0] = await freePorts(1);
    // It says this of itself: another MiniStack on the port would take our keys too.
    const edition = randomUUID();
    const child = children.spawn(NAME, python, ["-m", "ministack"], {
      GATEWAY_PORT: String(port),
      MINISTACK_EDITION: edition,
    });
    const url = `http://127.0.0.1:${port}`;
    try {
      await children.waitFor(NAME, child, () => isReady(url, edition), 60);
      return url;
    } catch (error) {
      // Somebody may have taken the port between our asking and MiniStack's binding.
      const clash = error instanceof PartFailed && /already in use/i.test(error.log);
      if (!clash || attempt === attempts) throw error;
    }
  }
}

async function isReady(url: string, edition: string): Promise<boolean> {
  const response = await fetch(`${url}/_ministack/health`).catch(() => undefined);
  const health = (await response?.json().catch(() => undefined)) as
    Partial<Record<string, unknown>> | undefined;
  if (health?.edition !== edition) return false;
  // Without it every request would be allowed.
  if (health.auth !== "enabled") throw new Error("MiniStack does not enforce IAM");
  return true;
}

/**
 * All that it is told. Nothing is inherited: a variable left in the user's shell would change what it does, and the user's
 * own AWS keys would become its root user's.
 */
function environmentIn(directory: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: directory,
    TMPDIR: directory,
    AUTH: "true",
    BIND_HOST: "127.0.0.1",
    // It has others that start programs and containers.
    SERVICES: "iam,sts",
    // MQTT and SFTP would listen on ports of their own, on all addresses.
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    // On a Docker that it finds it clears away containers.
    DOCKER_HOST: `unix://${join(directory, "no-docker.sock")}`,
    MINISTACK_ACCOUNT_ID: accountId,
    MINISTACK_REGION: "us-east-1",
  };
}
