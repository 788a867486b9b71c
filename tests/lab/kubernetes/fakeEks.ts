import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { LabAws } from "../../../lab/types";

/** What a call is answered with. */
export interface FakeAnswer {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
}

/** EKS and EKS Auth, as far as a cluster asks them: what they say is set by a test. */
export class FakeEks {
  /** Calls as `service region method path body`, the oldest first. */
  readonly calls: string[] = [];
  /** Answers by method and path; anything else is not found. */
  readonly answers = new Map<string, FakeAnswer>();
  readonly #server = createServer((incoming, outgoing) => {
    void this.record(incoming).then((key) => {
      const { status, headers, body } = this.answers.get(key) ?? notFound;
      outgoing.writeHead(status ?? 200, { "content-type": "application/json", ...headers });
      outgoing.end(JSON.stringify(body));
    });
  });

  static async start(): Promise<FakeEks> {
    const eks = new FakeEks();
    eks.#server.listen(0, "127.0.0.1");
    await once(eks.#server, "listening");
    return eks;
  }

  get aws(): LabAws {
    return {
      endpointUrl: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      accountId: "123456789012",
      accessKeyId: "AKIAEXAMPLE",
      secretAccessKey: "secret",
      otherAccounts: [],
    };
  }

  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  private async record(incoming: IncomingMessage): Promise<string> {
    let body = "";
    for await (const chunk of incoming as AsyncIterable<Buffer>) body += chunk.toString();
    const [, region = "", service = ""] =
      /Credential=AKIAEXAMPLE\/\d{8}\/([^/]+)\/([^/]+)\//.exec(incoming.headers.authorization ?? "") ?? [];
    const key = `${incoming.method ?? ""} ${incoming.url ?? ""}`;
    this.calls.push([service, region, key, ...(body ? [body] : [])].join(" "));
    return key;
  }
}

const notFound = refusal(404, "ResourceNotFoundException", "There is no such thing.");

/** A refusal as EKS words it. */
export function refusal(status: number, code: string, message: string): FakeAnswer {
  return {
    status,
    headers: { "x-amzn-errortype": code, "x-amzn-requestid": "request-1" },
    body: { message },
  };
}
