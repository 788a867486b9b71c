import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { isProperties, type Properties, type PropertyValue } from "../shared/values";

/** What proves who asks: a header, a client certificate, both or nothing. */
export interface Credentials {
  authorization?: string;
  cert?: Buffer;
  key?: Buffer;
  /** When they end, in milliseconds; undefined: they stay. */
  expires?: number;
}

/** Gives credentials for a request; `fresh` after the server refused the last ones. */
export type CredentialSource = (fresh: boolean) => Promise<Credentials>;

/** Reads a user of a kubeconfig: client certificate, token, basic, or the program named under `exec`. */
export function credentialSource(user: Properties): CredentialSource {
  const fixed: Credentials = {
    cert: fileOrData(user, "client-certificate"),
    key: fileOrData(user, "client-key"),
    authorization: authorizationOf(user),
  };
  const { exec } = user;
  if (!isProperties(exec)) return () => Promise.resolve(fixed);
  let cached: Promise<Credentials> | undefined;
  return async (fresh) => {
    if (fresh || (cached !== undefined && isOver(await cached))) cached = undefined;
    cached ??= runExec(exec);
    try {
      return { ...fixed, ...(await cached) };
    } catch (error) {
      cached = undefined;
      throw error;
    }
  };
}

function authorizationOf(user: Properties): string | undefined {
  const { token, tokenFile, username, password } = user;
  if (typeof token === "string" && token !== "") return `Bearer ${token}`;
  if (typeof tokenFile === "string" && tokenFile !== "") {
    return `Bearer ${readFileSync(tokenFile, "utf8").trim()}`;
  }
  if (typeof username === "string" && username !== "") {
    const pair = `${username}:${typeof password === "string" ? password : ""}`;
    return `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  return undefined;
}

/** The content of `<field>-data` (base64) or of the file named by `<field>`. */
export function fileOrData(entry: Properties, field: string): Buffer | undefined {
  const data = entry[`${field}-data`];
  if (typeof data === "string" && data !== "") return Buffer.from(data, "base64");
  const path = entry[field];
  return typeof path === "string" && path !== "" ? readFileSync(path) : undefined;
}

const isOver = ({ expires }: Credentials): boolean => expires !== undefined && expires <= Date.now();

/**
 * Runs a credential plugin, for example `aws eks get-token`:
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
function runExec(exec: Properties): Promise<Credentials> {
  const { command, apiVersion, installHint } = exec;
  if (typeof command !== "string" || typeof apiVersion !== "string") {
    return Promise.reject(new Error("getting credentials: exec: command and apiVersion are needed"));
  }
  const info = { apiVersion, kind: "ExecCredential", spec: { interactive: false } };
  const env = { ...process.env, ...environmentOf(exec.env), KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const args = (Array.isArray(exec.args) ? exec.args : []).map(String);
  return new Promise((resolve, reject) => {
    const child = execFile(command, args, { env, encoding: "utf8" }, (error, stdout, stderr) => {
      if (error === null) {
        try {
          resolve(parseExecCredential(stdout));
        } catch (cause) {
          reject(new Error(`getting credentials: exec: ${command}: ${String(cause)}`));
        }
        return;
      }
      const hint = error.code === "ENOENT" && typeof installHint === "string" ? `\n${installHint}` : "";
      const reason = stderr.trim() === "" ? error.message : stderr.trim();
      reject(new Error(`getting credentials: exec: executable ${command} failed: ${reason}${hint}`));
    });
    child.stdin?.end();
  });
}

function environmentOf(list: PropertyValue | undefined): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const pair of Array.isArray(list) ? list : []) {
    if (!isProperties(pair)) continue;
    const { name, value } = pair;
    if (typeof name === "string" && typeof value === "string") environment[name] = value;
  }
  return environment;
}

function parseExecCredential(stdout: string): Credentials {
  const document: unknown = JSON.parse(stdout);
  const status = isProperties(document) ? document.status : undefined;
  if (!isProperties(status)) throw new Error("it printed no ExecCredential with a status");
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = status;
  return {
    ...(typeof token === "string" ? { authorization: `Bearer ${token}` } : {}),
    ...(typeof clientCertificateData === "string" ? { cert: Buffer.from(clientCertificateData) } : {}),
    ...(typeof clientKeyData === "string" ? { key: Buffer.from(clientKeyData) } : {}),
    ...(typeof expirationTimestamp === "string" ? { expires: Date.parse(expirationTimestamp) } : {}),
  };
}
