import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  PutUserPolicyCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { LabAccount } from "../types";
import { iamClient } from "./iamClient";

/** The account that moto gives every access key it has not heard of. */
export const accountId = "123456789012";

const ADMIN = "lab-admin";

type AccountSpec = Pick<LabAccount, "accountId" | "partition" | "region">;

/** The lab's own account. */
const ownAccount = { accountId, partition: "aws", region: "us-east-1" } satisfies AccountSpec;

/** The accounts beside it: two in its partition, and one in each of two others. */
const otherAccounts: AccountSpec[] = [
  { accountId: "210987654321", partition: "aws", region: "us-east-1" },
  { accountId: "321098765432", partition: "aws", region: "eu-west-1" },
  { accountId: "432109876543", partition: "aws-cn", region: "cn-north-1" },
  { accountId: "543210987654", partition: "aws-us-gov", region: "us-gov-west-1" },
];

/** The IAM user that may do everything in an account; by default in the lab's own. */
export function adminArn(account: Pick<LabAccount, "accountId" | "partition"> = ownAccount): string {
  return `arn:${account.partition}:iam::${account.accountId}:user/${ADMIN}`;
}

/** How the caller starts a child process, so that it can end it with everything else of its run. */
export type SpawnChild = (
  name: string,
  command: string,
  args: string[],
  env?: NodeJS.ProcessEnv,
) => ChildProcess;

export interface MotoOptions {
  python: string;
  env: NodeJS.ProcessEnv;
  spawnChild: SpawnChild;
}

/** A running moto server with enforcement on, and the administrators of its accounts. */
export interface Moto {
  url: string;
  /** Of the lab's own account. */
  admin: LabAccount;
  otherAdmins: LabAccount[];
  stop: () => Promise<void>;
}

const startTimeoutMs = 60_000;
const attempts = 3;

/** Starts moto, waits until it answers, and makes the one user of each account who may do everything. */
export async function startMoto(options: MotoOptions): Promise<Moto> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const child = options.spawnChild(
      "moto",
      options.python,
      [join(__dirname, "motoServer.py"), "-H", "127.0.0.1", "-p", String(port)],
      motoEnvironment(options.env),
    );
    const url = `http://127.0.0.1:${port}`;
    try {
      await answers(url, child);
      const admin = await createAdmin(url, ownAccount);
      const otherAdmins: LabAccount[] = [];
      // One by one: moto counts the calls that it does not check, and may miscount those that come together.
      for (const account of otherAccounts) otherAdmins.push(await createAdmin(url, account));
      return { url, admin, otherAdmins, stop: () => stop(child) };
    } catch (error) {
      await stop(child);
      // Somebody may have taken the port between our asking and moto's binding.
      if (attempt === attempts) throw error;
    }
  }
}

function motoEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  // MOTO_ACCOUNT_ID and its like, left in the user's shell, would change whose account this is. Undefined, and not left out:
  // the caller may put these variables over its own.
  const inherited = Object.keys({ ...process.env, ...env }).filter((name) => name.startsWith("MOTO_"));
  return {
    ...env,
    ...Object.fromEntries(inherited.map((name) => [name, undefined])),
    MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
    // The calls of createAdmin; from the next one on moto checks signature and policies of every call.
    INITIAL_NO_AUTH_ACTION_COUNT: String(CALLS_FOR_ADMIN * (1 + otherAccounts.length)),
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  let spawnError: Error | undefined;
  child.once("error", (error) => (spawnError = error));
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline) {
    if (spawnError) throw new Error(`moto cannot be started: ${spawnError.message}`);
    if (hasEnded(child)) throw new Error(`moto ended before it answered (${describeEnd(child)})`);
    // moto's own page: an API call would use up one of those that are not checked.
    const response = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return;
    await sleep(100);
  }
  throw new Error(`moto did not answer within ${startTimeoutMs / 1000} s`);
}

const CALLS_FOR_ADMIN = 3;

async function createAdmin(url: string, account: AccountSpec): Promise<LabAccount> {
  const first = { endpointUrl: url, accessKeyId: "first", secretAccessKey: "calls" };
  const iam = iamClient(first, account.region);
  inAccount(iam, account.accountId);
  const UserName = ADMIN;
  const everything = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
  };
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(
    new PutUserPolicyCommand({
      UserName,
      PolicyName: "everything",
      PolicyDocument: JSON.stringify(everything),
    }),
  );
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  iam.destroy();
  if (!key?.AccessKeyId || !key.SecretAccessKey) throw new Error("moto made no access key");
  return { ...account, accessKeyId: key.AccessKeyId, secretAccessKey: key.SecretAccessKey };
}

/** Names the account of calls whose keys belong to none yet. The front lets nobody do so. */
function inAccount(iam: IAMClient, account: string): void {
  iam.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers["x-moto-account-id"] = account;
      return next(args);
    },
    { step: "build", name: "account" },
  );
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function describeEnd(child: ChildProcess): string {
  return child.signalCode ?? `exit code ${child.exitCode ?? "unknown"}`;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  // moto keeps nothing that a hard end could damage.
  const hardEnd = setTimeout(() => child.kill("SIGKILL"), 2_000);
  await ended;
  clearTimeout(hardEnd);
}
