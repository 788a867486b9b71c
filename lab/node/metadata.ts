import * as crypto from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { signedHeaders } from "../aws/sign";
import type { LabAws } from "../types";
import type { NodeSettings } from "./settings";

const TOKEN = "x-aws-ec2-metadata-token";
const TOKEN_SECONDS = "x-aws-ec2-metadata-token-ttl-seconds";
const MOST_TOKEN_SECONDS = 21_600;
const SESSION_SECONDS = 3_600;
/** Keys are new ones so long before the old ones end; the SDKs ask for theirs earlier than that. */
const RENEWED_BEFORE = 15 * 60_000;

/** An instance's keys, as the metadata service tells them. */
interface RoleCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  token: string;
  expiration: string;
}

/**
 * The instance metadata service of one node, which is how a pod without credentials of its own comes to those of its
 * node's role, on EKS as here. Only what the AWS SDKs ask for is there.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
export class InstanceMetadata {
  readonly #instanceId = `i-${crypto.randomBytes(9).toString("hex").slice(0, 17)}`;
  readonly #tokens = new Map<string, number>();
  readonly #server: Server;
  #credentials: Promise<RoleCredentials> | undefined;
  #renewal = 0;

  constructor(
    private readonly settings: Pick<NodeSettings, "aws" | "nodeRoleArn">,
    private readonly region: string,
    private readonly log: (line: string) => void,
  ) {
    this.#server = createServer((request, response) => {
      this.answer(request, response).catch((error: unknown) => {
        this.log(`the node's role gives no credentials: ${String(error)}`);
        send(response, 500, "");
      });
    });
  }

  /** Resolves with its address. */
  async start(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", "http://metadata");
    if (request.method === "PUT" && pathname === "/latest/api/token") {
      this.giveToken(request, response);
      return;
    }
    if (request.method !== "GET") {
      send(response, 405, "");
      return;
    }
    const token = request.headers[TOKEN]; // without one it is version 1, which is not turned off
    if (token !== undefined && !((this.#tokens.get(String(token)) ?? 0) > Date.now())) {
      send(response, 401, "");
      return;
    }
    const body = await this.read(pathname);
    send(response, body === undefined ? 404 : 200, body ?? "");
  }

  private giveToken(request: IncomingMessage, response: ServerResponse): void {
    const seconds = Number(request.headers[TOKEN_SECONDS]);
    if (!(seconds >= 1 && seconds <= MOST_TOKEN_SECONDS)) {
      send(response, 400, "");
      return;
    }
    const token = crypto.randomBytes(40).toString("base64");
    for (const [old, ends] of this.#tokens) {
      if (ends <= Date.now()) this.#tokens.delete(old);
    }
    this.#tokens.set(token, Date.now() + seconds * 1_000);
    response.setHeader(TOKEN_SECONDS, String(seconds));
    send(response, 200, token);
  }

  private async read(path: string): Promise<string | undefined> {
    const role = this.settings.nodeRoleArn.split("/").at(-1) ?? "";
    const credentials = "/latest/meta-data/iam/security-credentials";
    const texts: Record<string, () => string | Promise<string>> = {
      [credentials]: () => role,
      [`${credentials}/`]: () => role,
      [`${credentials}/${role}`]: () => this.roleCredentials(),
      "/latest/meta-data/instance-id": () => this.#instanceId,
      "/latest/meta-data/placement/region": () => this.region,
      "/latest/meta-data/placement/availability-zone": () => `${this.region}a`,
      "/latest/meta-data/placement/availability-zone/": () => `${this.region}a`,
      "/latest/dynamic/instance-identity/document": () =>
        JSON.stringify({
          accountId: this.settings.aws.accountId,
          availabilityZone: `${this.region}a`,
          instanceId: this.#instanceId,
          region: this.region,
          version: "2017-09-30",
        }),
    };
    return Object.hasOwn(texts, path) ? texts[path]?.() : undefined;
  }

  private async roleCredentials(): Promise<string> {
    if (!this.#credentials || Date.now() >= this.#renewal) {
      this.#renewal = Infinity; // until it is known
      this.#credentials = assumeRole(
        this.settings.aws,
        this.settings.nodeRoleArn,
        this.#instanceId,
        this.region,
      );
      this.#credentials.then(
        ({ expiration }) => (this.#renewal = Date.parse(expiration) - RENEWED_BEFORE),
        () => (this.#renewal = 0),
      );
    }
    const { accessKeyId, secretAccessKey, token, expiration } = await this.#credentials;
    return JSON.stringify({
      Code: "Success",
      LastUpdated: new Date().toISOString(),
      Type: "AWS-HMAC",
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: token,
      Expiration: expiration,
    });
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { "content-type": "text/plain", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

/** A session of the role, as an instance has it: its name is the instance's. By hand, since the SDK is large. */
async function assumeRole(
  aws: LabAws,
  roleArn: string,
  sessionName: string,
  region: string,
): Promise<RoleCredentials> {
  const parameters = {
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    DurationSeconds: String(SESSION_SECONDS),
  };
  const body = new URLSearchParams({ Action: "AssumeRole", Version: "2011-06-15", ...parameters }).toString();
  const url = new URL("/", aws.endpointUrl).href;
  const contentType = "application/x-www-form-urlencoded";
  const headers = signedHeaders({ method: "POST", url, service: "sts", region, contentType, body }, aws);
  delete headers.host; // fetch says it by itself
  const answer = await fetch(url, { method: "POST", headers, body });
  const text = await answer.text();
  const read = (name: string) => {
    const [, value] = new RegExp(`<${name}>([^<]+)</${name}>`).exec(text) ?? [];
    if (value === undefined) {
      const [, message = ""] = /<Message>([^<]*)<\/Message>/.exec(text) ?? [];
      throw new Error(`AssumeRole of ${roleArn} was answered with ${answer.status} ${message}`);
    }
    return value;
  };
  return {
    accessKeyId: read("AccessKeyId"),
    secretAccessKey: read("SecretAccessKey"),
    token: read("SessionToken"),
    expiration: read("Expiration"),
  };
}
