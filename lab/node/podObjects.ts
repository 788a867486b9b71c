import { ApiError } from "./api";
import type { NodeContext } from "./environment";
import type { Pod, TokenSource } from "./objects";
import { systemClock, TokenFile } from "./tokens";

const DEFAULT_TOKEN_SECONDS = 3_600;

interface TokenRequest {
  spec: { expirationSeconds: number };
  status: { token: string; expirationTimestamp: string };
}

/** What a pod gets out of the API server: ConfigMaps, Secrets, and tokens that are kept fresh until `stop`. */
export class PodObjects {
  readonly #tokens: TokenFile[] = [];

  constructor(
    private readonly node: NodeContext,
    private readonly pod: () => Pod,
  ) {}

  readonly read = async (
    kind: "configmap" | "secret",
    name: string,
  ): Promise<Record<string, Buffer> | undefined> => {
    const path = `/api/v1/namespaces/${this.pod().metadata.namespace}/${kind}s/${name}`;
    try {
      const found = await this.node.api.call<{
        data?: Record<string, string>;
        binaryData?: Record<string, string>;
      }>({ path });
      const encoding = kind === "secret" ? "base64" : "utf8";
      const { data = {}, binaryData = {} } = found;
      return Object.fromEntries([
        ...Object.entries(data).map(([key, text]) => [key, Buffer.from(text, encoding)] as const),
        ...Object.entries(binaryData).map(([key, text]) => [key, Buffer.from(text, "base64")] as const),
      ]);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  };

  /** Tokens as kubelet asks for them: bound to the pod, so that they end with it. */
  readonly keepToken = async (source: TokenSource, file: string): Promise<void> => {
    const { metadata, spec } = this.pod();
    const { namespace, name, uid } = metadata;
    const account = spec.serviceAccountName ?? "default";
    const request = async () => {
      const { spec: granted, status } = await this.node.api.call<TokenRequest>({
        method: "POST",
        path: `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`,
        body: {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenRequest",
          spec: {
            audiences: source.audience ? [source.audience] : [],
            expirationSeconds: source.expirationSeconds ?? DEFAULT_TOKEN_SECONDS,
            boundObjectRef: { apiVersion: "v1", kind: "Pod", name, uid },
          },
        },
      });
      const expires = Date.parse(status.expirationTimestamp);
      return { token: status.token, expirationSeconds: granted.expirationSeconds, expires };
    };
    const token = new TokenFile(file, request, {
      clock: systemClock,
      chance: Math.random,
      failed: (error) => {
        this.node.log(`pod ${name}: a token could not be replaced: ${String(error)}`);
      },
    });
    this.#tokens.push(token);
    await token.start();
  };

  stop(): void {
    for (const token of this.#tokens.splice(0)) token.stop();
  }
}
