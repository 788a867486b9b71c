import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { JSONWebKeySet } from "jose";
import type { LabCluster } from "../types";
import { AwsError } from "./query";

/** A cluster as STS sees it: an issuer, and where its discovery document really is. */
export type IssuingCluster = Pick<LabCluster, "issuerUrl" | "endpoint" | "caCertificate">;

// AWS gives an issuer five seconds (re:Post, iam-sts-invalididentitytoken).
const timeoutMs = 5_000;
const longestDocument = 1 << 20;
// How long STS keeps keys is not published; short enough here for a test that replaces a cluster's key.
const cacheMs = 10_000;

const requiredLists = [
  "response_types_supported",
  "subject_types_supported",
  "id_token_signing_alg_values_supported",
];

/** Reads a JSON document by the address under which it is published; rejects where there is none. */
export type ReadDocument = (url: string) => Promise<Record<string, unknown>>;

/** Gets the keys that an issuer signs with, by OIDC discovery. */
export class KeyFinder {
  private readonly clusters: Map<string, IssuingCluster>;
  private readonly cache = new Map<string, { keys: JSONWebKeySet; until: number }>();

  /** `elsewhere` reads what issuers publish that are none of these clusters. */
  constructor(
    clusters: IssuingCluster[],
    private readonly elsewhere: ReadDocument = () => Promise.reject(keysUnavailable()),
  ) {
    this.clusters = new Map(clusters.map((cluster) => [cluster.issuerUrl, cluster]));
  }

  /** The issuer's keys; with `fresh`, not from the cache. Throws AWS's error if they cannot be had. */
  async keys(issuerUrl: string, fresh = false): Promise<JSONWebKeySet> {
    const cached = this.cache.get(issuerUrl);
    if (cached && !fresh && cached.until > Date.now()) return cached.keys;
    const cluster = this.clusters.get(issuerUrl);
    const read: ReadDocument = cluster
      ? (url) => getJson(whereItReallyIs(url, cluster), cluster.caCertificate)
      : this.elsewhere;
    const keys = await discover(issuerUrl, read).catch(() => {
      throw keysUnavailable();
    });
    this.cache.set(issuerUrl, { keys, until: Date.now() + cacheMs });
    return keys;
  }
}

/** AWS's answer when an issuer's keys cannot be had, or have none for the token. The two spaces are AWS's. */
export function keysUnavailable(): AwsError {
  return new AwsError(
    "InvalidIdentityToken",
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity " +
      "documentation for requirements",
  );
}

async function discover(issuerUrl: string, read: ReadDocument): Promise<JSONWebKeySet> {
  const document = await read(`${issuerUrl}/.well-known/openid-configuration`);
  const { issuer, jwks_uri: jwksUri } = document;
  if (issuer !== issuerUrl || typeof jwksUri !== "string") throw new Error("another issuer's document");
  if (!requiredLists.every((name) => Array.isArray(document[name]))) throw new Error("incomplete document");

  const keySet = await read(jwksUri);
  if (!isKeySet(keySet) || keySet.keys.length === 0) throw new Error("no keys");
  return keySet;
}

/** Where a cluster's document really is: what lies below the issuer URL, or at the endpoint itself; nowhere else. */
function whereItReallyIs(url: string, cluster: IssuingCluster): string {
  const real = url.startsWith(`${cluster.issuerUrl}/`)
    ? cluster.endpoint + url.slice(cluster.issuerUrl.length)
    : url;
  if (new URL(real).origin !== new URL(cluster.endpoint).origin) throw new Error("keys of another host");
  return real;
}

function isKeySet(value: Record<string, unknown>): value is JSONWebKeySet & Record<string, unknown> {
  const { keys } = value;
  return Array.isArray(keys) && keys.every((key) => typeof key === "object" && key !== null);
}

function getJson(url: string, ca: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const options = { agent: false, signal: AbortSignal.timeout(timeoutMs) } as const;
    const request = url.startsWith("https:")
      ? httpsRequest(url, { ...options, ca })
      : httpRequest(url, options);
    request.once("error", reject);
    request.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.once("error", reject);
      response.on("data", (chunk: string) => {
        text += chunk;
        if (text.length > longestDocument) request.destroy(new Error("document too long"));
      });
      response.once("end", () => {
        try {
          const value: unknown = JSON.parse(text);
          if (response.statusCode !== 200 || typeof value !== "object" || value === null)
            throw new Error(text);
          resolve(value as Record<string, unknown>);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      });
    });
    request.end();
  });
}
