import assert from "node:assert/strict";
import { generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { TLSSocket } from "node:tls";
import { KubernetesClient } from "../../../lab/plugins/kubernetes/client";
import type { Properties } from "../../../lab/plugins/shared/values";

/** DER: https://letsencrypt.org/docs/a-warm-welcome-to-asn1-and-der/ */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 128
      ? [body.length]
      : body.length < 256
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...content: Buffer[]): Buffer => der(0x30, ...content);
const ECDSA_WITH_SHA256 = sequence(der(0x06, Buffer.from("2a8648ce3d040302", "hex")));
const COMMON_NAME = der(0x06, Buffer.from("550403", "hex"));

/** A certificate that vouches for itself, for a name; node:crypto can read them only. */
function selfSigned(name: string): { cert: string; key: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const time = (text: string) => der(0x18, Buffer.from(text));
  const content = sequence(
    der(0x02, Buffer.from([1])),
    ECDSA_WITH_SHA256,
    subject,
    sequence(time("20200101000000Z"), time("99991231235959Z")),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", content, privateKey));
  const bytes = sequence(content, ECDSA_WITH_SHA256, signature).toString("base64");
  return { cert: `-----BEGIN CERTIFICATE-----\n${bytes}\n-----END CERTIFICATE-----\n`, key: pem(privateKey) };
}

const pem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("kubernetes plugin: client over TLS", () => {
  const server = selfSigned("cluster.test");
  const admin = selfSigned("admin");
  let api: Server;
  let cluster: Properties;

  before(async () => {
    const options = { ...server, ca: admin.cert, requestCert: true, rejectUnauthorized: false };
    api = createServer(options, (request, response) => {
      const socket = request.socket as TLSSocket;
      const name = socket.authorized ? socket.getPeerCertificate().subject.CN : "anonymous";
      response.end(JSON.stringify({ name }));
    });
    api.listen(0, "127.0.0.1");
    await once(api, "listening");
    cluster = {
      server: `https://127.0.0.1:${(api.address() as AddressInfo).port}`,
      "certificate-authority-data": base64(server.cert),
      "tls-server-name": "cluster.test",
    };
  });

  after(async () => {
    api.closeAllConnections();
    api.close();
    await once(api, "close");
  });

  const whoAmI = async (to: Properties, user: Properties) =>
    (await new KubernetesClient(to, user).request({ path: "/" })).name;

  it("proves itself by a client certificate", async () => {
    const user = { "client-certificate-data": base64(admin.cert), "client-key-data": base64(admin.key) };
    assert.equal(await whoAmI(cluster, user), "admin");
    assert.equal(await whoAmI(cluster, {}), "anonymous");
  });

  it("proves itself by the certificate of a credential plugin", async () => {
    const status = { clientCertificateData: admin.cert, clientKeyData: admin.key };
    const args = ["-e", `console.log(process.argv[1])`, JSON.stringify({ kind: "ExecCredential", status })];
    const apiVersion = "client.authentication.k8s.io/v1";
    assert.equal(await whoAmI(cluster, { exec: { apiVersion, command: process.execPath, args } }), "admin");
  });

  it("trusts no server that the kubeconfig's CA does not vouch for", async () => {
    const { "certificate-authority-data": _, ...unknownCa } = cluster;
    await assert.rejects(whoAmI(unknownCa, {}), /self-signed certificate/);
    const { "tls-server-name": __, ...otherName } = cluster;
    await assert.rejects(whoAmI(otherName, {}), /127\.0\.0\.1/);
    assert.equal(await whoAmI({ ...unknownCa, "insecure-skip-tls-verify": true }, {}), "anonymous");
  });
});
