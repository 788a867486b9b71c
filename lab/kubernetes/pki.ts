import * as crypto from "node:crypto";
import "./reflectMetadata";
import * as x509 from "@peculiar/x509";

/** A certificate and its private key, PEM. */
export interface CertificateAndKey {
  certificate: string;
  privateKey: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;

/** A lab that is kept runs for days, no lab for a year. */
const VALID_DAYS = 365;

function generateKeys(): Promise<crypto.webcrypto.CryptoKeyPair> {
  return crypto.webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function common(): { serialNumber: string; notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return {
    serialNumber: `01${crypto.randomBytes(15).toString("hex")}`, // positive, whatever the bytes
    notBefore: new Date(now - 60_000),
    notAfter: new Date(now + VALID_DAYS * 24 * 3_600_000),
  };
}

/** The CA of one cluster. Its private key stays in this process. */
export class CertificateAuthority {
  private constructor(
    private readonly root: x509.X509Certificate,
    private readonly keys: crypto.webcrypto.CryptoKeyPair,
  ) {}

  static async create(name: string): Promise<CertificateAuthority> {
    const keys = await generateKeys();
    const root = await x509.X509CertificateGenerator.createSelfSigned({
      ...common(),
      name: [{ CN: [name] }],
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      ],
    });
    return new CertificateAuthority(root, keys);
  }

  /** The CA's own certificate, PEM. */
  get certificate(): string {
    return `${this.root.toString("pem")}\n`;
  }

  /** For a server on 127.0.0.1, and under `names` too. */
  forServer(commonName: string, names: string[] = []): Promise<CertificateAndKey> {
    return this.sign([{ CN: [commonName] }], x509.ExtendedKeyUsage.serverAuth, [
      new x509.SubjectAlternativeNameExtension([
        { type: "ip", value: "127.0.0.1" },
        ...names.map((value) => ({ type: "dns" as const, value })),
      ]),
    ]);
  }

  /** For a client, who is a user of that name in that group to an API server. */
  forClient(user: string, group: string): Promise<CertificateAndKey> {
    return this.sign([{ O: [group] }, { CN: [user] }], x509.ExtendedKeyUsage.clientAuth, []);
  }

  private async sign(
    subject: x509.JsonName,
    usage: x509.ExtendedKeyUsage,
    extensions: x509.Extension[],
  ): Promise<CertificateAndKey> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      ...common(),
      subject,
      issuer: this.root.subject,
      publicKey: keys.publicKey,
      signingKey: this.keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([usage]),
        ...extensions,
      ],
    });
    const key = await crypto.webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
    return {
      certificate: `${certificate.toString("pem")}\n`,
      privateKey: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
    };
  }
}
