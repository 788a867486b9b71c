import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describeAwsCall, describeClusterCall, describeEksCall, isWriting } from "../../../lab/chaos/calls";
import { Gates } from "../../../lab/chaos/gates";
import { failedAfterwards, held, refused, SERVICE_FAILURE, THROTTLED } from "../../../lab/chaos/rules";

const ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/AB12";

describe("the names of calls", () => {
  it("tell what is asked of AWS, and of which cluster", () => {
    const clusters = new Map([["AB12", "east"]]);
    const name = (parameters: Record<string, string>) =>
      describeAwsCall(new URLSearchParams(parameters).toString(), clusters);
    assert.equal(name({ Action: "CreateRole", RoleName: "app-1234567" }), "CreateRole");
    assert.equal(
      name({ Action: "CreateOpenIDConnectProvider", Url: ISSUER }),
      "CreateOpenIDConnectProvider east",
    );
    assert.equal(
      name({ Action: "GetOpenIDConnectProvider", OpenIDConnectProviderArn: "arn:x/id/CD" }),
      "GetOpenIDConnectProvider a foreign issuer",
    );
    assert.equal(
      name({ Action: "AttachRolePolicy", PolicyArn: "arn:aws:iam::aws:policy/X" }),
      "AttachRolePolicy X",
    );
  });

  it("tell what is asked of EKS, and what is asked of another service", () => {
    const path = "/clusters/east/pod-identity-associations";
    const body = JSON.stringify({ serviceAccount: "reader" });
    assert.equal(describeEksCall("POST", path, body), "POST pod-identity-associations east/reader");
    assert.equal(describeEksCall("GET", `${path}/a-1`, ""), "GET pod-identity-associations east");
    assert.equal(describeEksCall("GET", "/clusters/east?x=y", ""), "GET clusters east");
    assert.equal(describeEksCall("POST", "/", "Action=GetRole"), undefined);
    assert.equal(isWriting("aws", "GET clusters east"), false);
    assert.equal(isWriting("aws", "POST addons east"), true);
  });

  it("tell what is asked of a cluster, without the namespace", () => {
    const path = "/api/v1/namespaces/jobs/serviceaccounts";
    const body = JSON.stringify({ metadata: { name: "reader" } });
    assert.equal(describeClusterCall("POST", `${path}?fieldManager=x`, body), "POST serviceaccounts/reader");
    assert.equal(describeClusterCall("GET", `${path}/reader`, ""), "GET serviceaccounts/reader");
    assert.equal(describeClusterCall("GET", "/api/v1", ""), "GET /api/v1");
  });

  it("tell whether anything changes", () => {
    assert.deepEqual(
      ["GetRole", "ListRoles", "GET clusters/x", "CreateRole", "POST clusters/x/addons"].map((name) =>
        isWriting("aws", name),
      ),
      [false, false, false, true, true],
    );
    assert.deepEqual(
      ["GET x", "DELETE x"].map((name) => isWriting("east", name)),
      [false, true],
    );
  });
});

describe("the gates", () => {
  let server: Server;
  let gates: Gates;
  let served: string[];
  const call = (Action: string) =>
    fetch(gates.of("aws").url, { method: "POST", body: new URLSearchParams({ Action }) });
  const isCreateRole = ({ name }: { name: string }) => name === "CreateRole";

  beforeEach(async () => {
    served = [];
    server = createServer((incoming, outgoing) => {
      incoming.on("data", (chunk: Buffer) => served.push(chunk.toString()));
      incoming.on("end", () => outgoing.end(`for ${incoming.headers.host ?? ""}`));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    gates = await Gates.open({ endpointUrl }, [], {});
  });
  afterEach(async () => {
    await gates.close();
    server.close();
  });

  it("let calls through as they came, and remember them", async () => {
    const answer = await call("CreateRole");
    assert.equal(await answer.text(), `for ${new URL(gates.of("aws").url).host}`);
    await call("CreateRole");
    assert.deepEqual(gates.seen(), ["aws CreateRole", "aws CreateRole#2"]);
    gates.forget();
    await call("CreateRole");
    assert.deepEqual(gates.seen(), ["aws CreateRole"]);
  });

  it("refuse calls in AWS's words, as often as they are told, before the server has them", async () => {
    gates.interfere(refused(isCreateRole, THROTTLED, 1));
    const answer = await call("CreateRole");
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /<Code>Throttling<\/Code><Message>Rate exceeded<\/Message>/);
    assert.deepEqual(served, []);
    assert.equal((await call("GetRole")).status, 200);
    assert.equal((await call("CreateRole")).status, 200);
  });

  it("say that a call failed which was done", async () => {
    gates.interfere(failedAfterwards(isCreateRole, SERVICE_FAILURE, 1));
    assert.equal((await call("CreateRole")).status, 500);
    assert.deepEqual(served, ["Action=CreateRole"]);
  });

  for (const when of ["before", "after"] as const) {
    it(`hold a call ${when} it is done, and end it there`, async () => {
      const hold = held(isCreateRole, when);
      gates.interfere(hold.rule);
      const answered = call("CreateRole").then(
        () => true,
        () => false,
      );
      assert.equal((await hold.reached).key, "aws CreateRole");
      hold.drop();
      assert.equal(await answered, false);
      assert.deepEqual(served, when === "before" ? [] : ["Action=CreateRole"]);
    });
  }

  it("let a held call go on", async () => {
    const hold = held(isCreateRole, "before");
    gates.interfere(hold.rule);
    const answered = call("CreateRole");
    await hold.reached;
    hold.release();
    assert.equal((await answered).status, 200);
    assert.deepEqual(served, ["Action=CreateRole"]);
  });

  it("refuse connections while closed, and are where they were afterwards", async () => {
    const { url } = gates.of("aws");
    await gates.of("aws").close();
    await assert.rejects(call("CreateRole"));
    await gates.of("aws").open();
    assert.equal(gates.of("aws").url, url);
    assert.equal((await call("CreateRole")).status, 200);
    assert.throws(() => gates.of("west"), /no gate before "west"/);
  });
});
