import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { AwsHandlers } from "../../../lab/plugins/aws/handlers";
import type { OperationContext, Properties } from "../../../lab/plugins/shared/server";

type Document = Record<string, unknown>;

/** A call as the fake EKS got it. */
export interface SeenCall {
  method: string;
  path: string;
  query: Record<string, string>;
  /** Of the signature. */
  region: string;
  body: Document;
}

/** An answer that takes the place of the fake's own. */
export interface FakeAnswer {
  status: number;
  body: Document;
  /** The name of the error; absent: it is none. */
  code?: string;
}

/** An error as EKS gives it. */
export function eksError(status: number, code: string, message: string): FakeAnswer {
  return { status, code, body: { message } };
}

/**
 * As much of EKS as the plugin needs: in each region it keeps the associations and add-ons of any cluster and forgets what is
 * deleted. What the lab's own makes of a call (trust, names, limits) is shown by the engine tests, or put in by `intercept`.
 */
export class FakeEks {
  readonly calls: SeenCall[] = [];
  /** By region and path. */
  readonly things = new Map<string, Document>();
  intercept: (call: SeenCall) => FakeAnswer | undefined = () => undefined;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<FakeEks> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const fake = new FakeEks(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("request", (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const call = toSeen(incoming, Buffer.concat(chunks).toString());
        fake.calls.push(call);
        const { status, code, body } = fake.intercept(call) ?? fake.answer(call);
        const headers = { "content-type": "application/json", "x-amzn-requestid": "request-1" };
        outgoing.writeHead(status, code === undefined ? headers : { ...headers, "x-amzn-errortype": code });
        outgoing.end(JSON.stringify(body));
      });
    });
    return fake;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, "close");
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  /** The plugin with this as its account, in us-east-1 unless its configuration says otherwise. */
  async plugin(config: Properties = {}): Promise<AwsHandlers> {
    const handlers = new AwsHandlers({
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_REGION: "us-east-1",
      AWS_SKIP_CREDENTIALS_VALIDATION: "true",
    });
    await handlers.configure(config);
    return handlers;
  }

  /** The calls in order, without their bodies: `POST us-east-1 /clusters/blue/addons`. */
  get log(): string[] {
    return this.calls.map(({ method, region, path }) => `${method} ${region} ${path}`);
  }

  private answer(call: SeenCall): FakeAnswer {
    const { method, path, region, body } = call;
    const [, first, cluster = "", kind, name, action] = path.split("/");
    if (first === "tags") return { status: 200, body: {} };
    const member = kind === "addons" ? "addon" : "association";
    const arnKind = member === "addon" ? "addon" : "podidentityassociation";
    const prefix = `arn:aws:eks:${region}:111122223333:${arnKind}/${cluster}/`;
    const key = `${region} ${path.replace(/\/update$/, "")}`;
    const found = this.things.get(key);
    if (method === "POST" && name === undefined) {
      const made =
        member === "addon" ? newAddon(cluster, prefix, body) : newAssociation(cluster, region, prefix, body);
      const madeName = String(made.associationId ?? made.addonName);
      this.things.set(`${key}/${madeName}`, made);
      return { status: 200, body: { [member]: made } };
    }
    if (found === undefined) return eksError(404, "ResourceNotFoundException", `No ${member} found: ${name}`);
    if (method === "DELETE") this.things.delete(key);
    if (method === "POST") Object.assign(found, withoutToken(body));
    if (action === "update") return { status: 200, body: { update: { id: "u-1", status: "Successful" } } };
    return { status: 200, body: { [member]: found } };
  }
}

/** About a resource, for a call to the plugin's handlers. */
export function context(preview = false): OperationContext {
  const log = () => Promise.resolve();
  return { urn: "urn:pulumi:a::b::c::it", name: "it", log, preview, timeout: undefined, ignoreChanges: [] };
}

function newAssociation(clusterName: string, region: string, prefix: string, body: Document): Document {
  const associationId = "a-1234567890abcdefg";
  const { namespace, serviceAccount, targetRoleArn } = body as Record<string, string>;
  const externalId = `${region}/111122223333/${clusterName}/${namespace}/${serviceAccount}`;
  return {
    ...withoutToken(body),
    clusterName,
    associationId,
    associationArn: `${prefix}${associationId}`,
    ...(targetRoleArn && { externalId }),
  };
}

function newAddon(clusterName: string, prefix: string, body: Document): Document {
  return {
    addonVersion: "v1.3.10-eksbuild.3",
    ...withoutToken(body),
    podIdentityAssociations: [],
    clusterName,
    addonArn: `${prefix}${String(body.addonName)}/1`,
    createdAt: 1_780_000_000.123,
    modifiedAt: 1_780_000_000.123,
    status: "ACTIVE",
  };
}

function withoutToken({ clientRequestToken: _, ...rest }: Document): Document {
  return rest;
}

function toSeen({ method = "", url = "", headers }: IncomingMessage, body: string): SeenCall {
  const { pathname, searchParams } = new URL(url, "http://fake");
  const [, region = ""] = /Credential=[^/]+\/\d{8}\/([^/]+)\/eks\//.exec(headers.authorization ?? "") ?? [];
  return {
    method,
    path: decodeURIComponent(pathname),
    query: Object.fromEntries(searchParams),
    region,
    body: body === "" ? {} : (JSON.parse(body) as Document),
  };
}
