import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from "jose";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { EksCluster } from "../../../lab/aws/eks";

/** Says how a forged token differs from what the cluster would issue; `undefined` leaves a claim out. */
export interface Forgery {
  claims?: JWTPayload;
  /** Signs with this cluster's key. */
  keyOf?: FakeCluster;
  kid?: string;
}

/** An issuer of ServiceAccount tokens: discovery document and key set as kube-apiserver serves them, and a signing key. */
export class FakeCluster implements EksCluster {
  readonly caCertificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
  endpoint = "";
  /** Replaces parts of the discovery document. */
  discovery: Record<string, unknown> = {};
  /** Answers all requests with this status instead of 200. */
  status = 200;
  requests: string[] = [];
  private privateKey: CryptoKey | undefined;
  private publicJwk: JWK | undefined;
  private readonly server: Server;

  private constructor(
    readonly name: string,
    readonly region: string,
    readonly issuerUrl: string,
  ) {
    this.server = createServer((request, response) => {
      this.requests.push(request.url ?? "");
      const body = request.url === "/openid/v1/jwks" ? { keys: [this.publicJwk] } : this.document();
      response.writeHead(this.status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    });
  }

  static async start(name: string, region: string, id: string): Promise<FakeCluster> {
    const cluster = new FakeCluster(name, region, `https://oidc.eks.${region}.amazonaws.com/id/${id}`);
    await cluster.rotate(`${name}-key`);
    cluster.server.listen(0, "127.0.0.1");
    await once(cluster.server, "listening");
    cluster.endpoint = `http://127.0.0.1:${(cluster.server.address() as AddressInfo).port}`;
    return cluster;
  }

  /** Gives the cluster another key. */
  async rotate(kid: string): Promise<void> {
    const pair = await generateKeyPair("RS256");
    this.privateKey = pair.privateKey;
    this.publicJwk = { ...(await exportJWK(pair.publicKey)), kid, alg: "RS256", use: "sig" };
  }

  get providerArn(): string {
    return `arn:aws:iam::123456789012:oidc-provider/${this.hostAndPath}`;
  }

  get hostAndPath(): string {
    return this.issuerUrl.slice("https://".length);
  }

  /** A token as TokenRequest would give it, for `default/s3-reader` unless told otherwise. */
  async token(forgery: Forgery = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: this.issuerUrl,
      sub: "system:serviceaccount:default:s3-reader",
      aud: ["sts.amazonaws.com"],
      iat: now,
      nbf: now,
      exp: now + 3600,
      ...forgery.claims,
    };
    const signer = forgery.keyOf ?? this;
    const kid = forgery.kid ?? signer.publicJwk?.kid ?? "";
    if (!signer.privateKey) throw new Error("no key");
    return new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid }).sign(signer.privateKey);
  }

  /** The id of the key that verifies this cluster's tokens. */
  get kid(): string {
    return this.publicJwk?.kid ?? "";
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  private document(): Record<string, unknown> {
    return {
      issuer: this.issuerUrl,
      jwks_uri: `${this.endpoint}/openid/v1/jwks`,
      response_types_supported: ["id_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      ...this.discovery,
    };
  }
}
