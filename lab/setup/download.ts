import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as http from "node:http";
import * as https from "node:https";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { runCommand } from "./command";
import type { Download } from "./parts";

/** Most machines that cannot reach a host find out at once; some would wait for minutes. */
const CONNECT_TIMEOUT = 3_000;
const IDLE_TIMEOUT = 30_000;
const MAX_REDIRECTS = 5;

/** Opens a URL, over redirects. */
function open(url: string, redirects = 0): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith("https:");
    const request = (secure ? https : http).get(url, { timeout: IDLE_TIMEOUT });
    const host = new URL(url).host;
    const connecting = setTimeout(() => {
      request.destroy(new Error(`no connection to ${host} within ${CONNECT_TIMEOUT / 1_000} s`));
    }, CONNECT_TIMEOUT);
    request.on("socket", (socket) =>
      socket.once(secure ? "secureConnect" : "connect", () => {
        clearTimeout(connecting);
      }),
    );
    request.on("timeout", () => request.destroy(new Error(`${host} stopped answering`)));
    request.on("error", (error) => {
      clearTimeout(connecting);
      reject(error);
    });
    request.on("response", (response) => {
      const { statusCode = 0, headers } = response;
      if (statusCode === 200) {
        resolve(response);
        return;
      }
      response.resume();
      if (statusCode >= 300 && statusCode < 400 && headers.location && redirects < MAX_REDIRECTS) {
        const target = new URL(headers.location, url).href;
        if (secure && !target.startsWith("https:")) {
          reject(new Error(`${host} leads away from https`));
        } else {
          resolve(open(target, redirects + 1));
        }
      } else {
        reject(new Error(`${host} answered ${statusCode}`));
      }
    });
  });
}

async function readText(url: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await open(url)) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** The checksum of a file in a list of checksums, or the only one there is. */
export function findChecksum(list: string, fileName: string): string | undefined {
  const entries = list
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/));
  const entry =
    entries.find(([, name]) => name === fileName) ?? (entries.length === 1 ? entries[0] : undefined);
  const named = entry?.[1];
  const checksum = entry?.[0]?.toLowerCase();
  return checksum && /^[0-9a-f]{64}$/.test(checksum) && (!named || named === fileName) ? checksum : undefined;
}

/**
 * Downloads a release into a folder, after comparing it with its published SHA-256 checksum.
 * @param programFile the program's path in the folder, for a release that is no archive
 */
export async function downloadInto(
  folder: string,
  programFile: string,
  source: Download,
  env: NodeJS.ProcessEnv,
  onBytes: (received: number, total: number | undefined) => void,
): Promise<void> {
  const fileName = path.posix.basename(new URL(source.url).pathname);
  const expected = findChecksum(await readText(source.checksumUrl), fileName);
  if (!expected) {
    throw new Error(`${source.checksumUrl} has no SHA-256 checksum of ${fileName}`);
  }
  const target = path.join(folder, source.unpackTo === undefined ? programFile : "download");
  const response = await open(source.url);
  const total = Number(response.headers["content-length"]) || undefined;
  const hash = crypto.createHash("sha256");
  let received = 0;
  response.on("data", (chunk: Buffer) => {
    hash.update(chunk);
    received += chunk.length;
    onBytes(received, total);
  });
  await pipeline(response, fs.createWriteStream(target, { mode: 0o755 }));
  const actual = hash.digest("hex");
  if (actual !== expected) {
    throw new Error(`${fileName} was refused: its SHA-256 is ${actual}, the published one ${expected}`);
  }
  if (source.unpackTo !== undefined) {
    await unpack(target, path.join(folder, source.unpackTo), env);
    fs.rmSync(target);
  }
}

async function unpack(archive: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  fs.mkdirSync(folder, { recursive: true });
  const args = ["-xzf", archive, "-C", folder, "--strip-components=1"];
  const { exitCode, output } = await runCommand("tar", args, { env });
  if (exitCode !== 0) {
    throw new Error(`tar could not unpack ${path.basename(archive)}: ${output.trim()}`);
  }
}
