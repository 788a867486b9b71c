import * as crypto from "node:crypto";
import { promisify } from "node:util";

const generateKeyPair = promisify(crypto.generateKeyPair);

/** A key pair that signs ServiceAccount tokens, PEM. */
export interface SigningKeys {
  privateKey: string;
  publicKey: string;
}

/** New RSA keys, as long as those of EKS. */
export async function createSigningKeys(): Promise<SigningKeys> {
  const { privateKey, publicKey } = await generateKeyPair("rsa", { modulusLength: 2048 });
  return {
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString(),
  };
}

/**
 * The `kid` by which a key stands in a cluster's JWKS: SHA-256 of the public key's DER form, base64url.
 * Source: keyIDFromPublicKey in kubernetes/kubernetes pkg/serviceaccount/jwt.go.
 */
export function keyId(privateKey: string): string {
  const der = crypto.createPublicKey(privateKey).export({ type: "spki", format: "der" });
  return crypto.createHash("sha256").update(der).digest("base64url");
}
