import assert from "node:assert/strict";
import { checkInputs } from "../../../lab/plugins/kubernetes/check";
import { kindOf } from "../../../lab/plugins/kubernetes/kinds";
import { UNKNOWN, type Properties } from "../../../lab/plugins/shared/values";

const seed = Buffer.from("a seed");
const serviceAccount = kindOf("kubernetes:core/v1:ServiceAccount");

const check = (news: Properties, olds: Properties = {}, kind = serviceAccount, namespace = "default") =>
  checkInputs(kind, olds, news, "app", seed, namespace);

describe("kubernetes plugin: check", () => {
  it("leaves a given name and namespace alone", () => {
    const metadata = { name: "mine", namespace: "apps", labels: { a: "b" } };
    assert.deepEqual(check({ kind: "ServiceAccount", metadata }), { kind: "ServiceAccount", metadata });
  });

  it("gives a name made of the logical one, and marks it", () => {
    const metadata = check({}).metadata as Record<string, unknown>;
    assert.match(String(metadata.name), /^app-[0-9a-f]{8}$/);
    assert.deepEqual(metadata.annotations, { "pulumi.com/autonamed": "true" });
    assert.equal(metadata.namespace, "default");
  });

  it("gives the same name for the same seed, in preview and update", () => {
    assert.deepEqual(check({}), check({}));
    const other = checkInputs(serviceAccount, {}, {}, "app", Buffer.from("other"), "default");
    assert.notDeepEqual(check({}), other);
  });

  it("keeps the generated name of before", () => {
    const olds = check({});
    const again = checkInputs(serviceAccount, olds, {}, "app", Buffer.from("other"), "default");
    assert.deepEqual(again, olds);
  });

  it("gives no name where the user's is not known yet, or is taken from one that the user gave before", () => {
    assert.equal((check({ metadata: { name: UNKNOWN } }).metadata as Properties).name, UNKNOWN);
    const olds = { metadata: { name: "mine", namespace: "default" } };
    assert.equal((check({}, olds).metadata as Properties).name, undefined);
  });

  it("takes the provider's namespace as the default, for kinds that have one", () => {
    assert.equal((check({}, {}, serviceAccount, "apps").metadata as Properties).namespace, "apps");
    const namespaceKind = kindOf("kubernetes:core/v1:Namespace");
    assert.equal((check({}, {}, namespaceKind, "apps").metadata as Properties).namespace, undefined);
  });

  it("writes a Secret's stringData as the server does", () => {
    const secret = kindOf("kubernetes:core/v1:Secret");
    const news = { kind: "Secret", metadata: { name: "s" }, stringData: { a: "x" }, data: { b: "eQ==" } };
    const { data, stringData } = check(news, {}, secret);
    assert.deepEqual({ data, stringData }, { data: { a: "eA==", b: "eQ==" }, stringData: undefined });
  });

  it("refuses generateName, as server-side apply does", () => {
    assert.throws(
      () => check({ metadata: { generateName: "x-" } }),
      /generateName` field is not supported in Server-Side Apply/,
    );
  });

  it("wants the name of what a Patch is for, known from the start", () => {
    const patch = kindOf("kubernetes:core/v1:ServiceAccountPatch");
    const message = "patch resources require the `.metadata.name` field to be set";
    assert.throws(() => check({}, {}, patch), { message });
    assert.throws(() => check({ metadata: { name: UNKNOWN } }, {}, patch), { message });
    const metadata = { name: "mine", namespace: "default" };
    assert.deepEqual(check({ metadata: { name: "mine" } }, {}, patch), { metadata });
  });

  it("refuses a type it does not know, and names those it knows", () => {
    assert.throws(
      () => kindOf("kubernetes:apps/v1:Deployment"),
      /does not know kubernetes:apps\/v1:Deployment: it knows .*ServiceAccount/,
    );
  });
});
