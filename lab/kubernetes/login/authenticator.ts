import { type JsonServer, startJsonServer } from "../jsonServer";
import type { CertificateAuthority } from "../pki";
import { callerOf } from "./caller";
import { presignedUrlIn, TokenRefused } from "./token";

/** Whom the authenticator knows. On EKS, too, whoever made a cluster is its administrator; here it may be anybody's. */
export interface LoginSettings {
  /** Where STS is: the only address that is ever called. */
  stsUrl: string;
  administratorArns: string[];
}

interface TokenReview {
  apiVersion: string;
  spec?: { token?: string };
}

/**
 * Authenticates the users of all clusters by their AWS credentials, as EKS does: API servers ask it about bearer tokens that
 * they do not know themselves.
 * Source: https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/pkg/server/server.go
 */
export class Authenticator {
  #login: LoginSettings | undefined;

  private constructor(
    private readonly server: JsonServer,
    private readonly caCertificate: string,
  ) {}

  static async start(authority: CertificateAuthority): Promise<Authenticator> {
    const started: { authenticator?: Authenticator } = {};
    const tls = await authority.forServer("aws-iam-authenticator");
    const server = await startJsonServer(tls, async (path, body) =>
      started.authenticator?.review(decodeURIComponent(path.slice(1)), body as TokenReview),
    );
    started.authenticator = new Authenticator(server, authority.certificate);
    return started.authenticator;
  }

  /** From now on somebody may log in; API servers have to be told of this server before there is an STS. */
  open(login: LoginSettings): void {
    this.#login = login;
  }

  close(): Promise<void> {
    return this.server.close();
  }

  /** What an API server is to be told about this server, in the form of a kubeconfig. */
  kubeconfigFor(clusterName: string): string {
    const server = `${this.server.url}/${encodeURIComponent(clusterName)}`;
    const ca = Buffer.from(this.caCertificate).toString("base64");
    return JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "authenticator", cluster: { server, "certificate-authority-data": ca } }],
      users: [{ name: "kube-apiserver", user: {} }],
      contexts: [{ name: "authenticator", context: { cluster: "authenticator", user: "kube-apiserver" } }],
      "current-context": "authenticator",
    });
  }

  private async review(clusterName: string, { apiVersion, spec }: TokenReview): Promise<unknown> {
    const status = await this.status(clusterName, spec?.token ?? "");
    return { apiVersion, kind: "TokenReview", status };
  }

  private async status(clusterName: string, token: string): Promise<object> {
    const login = this.#login;
    if (!login) {
      return { authenticated: false };
    }
    try {
      const caller = await callerOf(presignedUrlIn(token, login.stsUrl), clusterName);
      if (!login.administratorArns.includes(caller.arn)) {
        throw new TokenRefused("the caller is nobody here");
      }
      const uid = `aws-iam-authenticator:${caller.account}:${caller.userId}`;
      return {
        authenticated: true,
        user: { username: "kubernetes-admin", uid, groups: ["system:masters"], extra: { arn: [caller.arn] } },
      };
    } catch (error) {
      if (!(error instanceof TokenRefused)) {
        throw error;
      }
      console.error(`${clusterName} refused a login: ${error.message}`);
      return { authenticated: false };
    }
  }
}
