/** Makes tokens such as pods have for EKS Pod Identity, for what does not look at signatures. */
export interface PodTokenOptions {
  uid?: string;
  /** Seconds since 1970. */
  exp?: number;
  /** Tells tokens of one pod apart. */
  jti?: string;
  /** Over the other claims; undefined takes one away. */
  claims?: Record<string, unknown>;
}

/** The claims of a pod's token. */
export function podClaims({ uid = "pod-1", exp, jti, claims }: PodTokenOptions = {}): Record<
  string,
  unknown
> {
  return {
    aud: ["pods.eks.amazonaws.com"],
    ...(exp === undefined ? {} : { exp }),
    jti,
    "kubernetes.io": {
      namespace: "shop",
      serviceaccount: { name: "reader", uid: "sa-1" },
      pod: { name: "reader-0", uid },
    },
    ...claims,
  };
}

/** A token with a signature of nobody's. */
export function podToken(options: PodTokenOptions = {}): string {
  const parts = [{ alg: "RS256", kid: "key" }, podClaims(options)];
  const encoded = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  return [...encoded, "c2lnbmF0dXJl"].join(".");
}
