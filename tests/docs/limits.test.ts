import assert from "node:assert/strict";
import { findProblems, IdentityMode, TrustPolicyForm, type MultiClusterIrsaArgs } from "../../index";
import { fits, LIMITS, most, podSizeOf } from "./figures";
import { readPage, tableAfter } from "./page";

const PAGE = readPage("docs/limits.md");
const ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/";

/** Arguments without a fault, but for what is changed. */
function args(
  cluster: object = {},
  serviceAccount: object = {},
  more: Partial<MultiClusterIrsaArgs> = {},
): MultiClusterIrsaArgs {
  return {
    clusters: [{ name: "east", issuerUrl: `${ISSUER}ABC`, kubeconfig: "{}", ...cluster }],
    serviceAccounts: [{ namespace: "default", name: "s3-reader", ...serviceAccount }],
    ...more,
  };
}

const letters = (count: number) => "a".repeat(count);
const POD_IDENTITY = { identity: IdentityMode.PodIdentity, clusterName: "east", region: "us-east-1" };

/** What the first column names, of such a size. */
const TRIED: { [what: string]: (figure: number) => MultiClusterIrsaArgs } = {
  "`trust.maxSize`": (maxSize) => args({}, {}, { trust: { maxSize } }),
  "`role.name`": (size) => args({}, {}, { role: { name: letters(size) } }),
  // A path has a slash at both ends; one alone is a path too.
  "`role.path`": (size) =>
    args({}, {}, { role: { path: size < 2 ? "/".repeat(size) : `/${letters(size - 2)}/` } }),
  "`role.description`": (size) => args({}, {}, { role: { description: letters(size) } }),
  "`role.maxSessionDuration`": (maxSessionDuration) => args({}, {}, { role: { maxSessionDuration } }),
  "name in `inlinePolicies`": (size) => args({}, {}, { inlinePolicies: { [letters(size)]: "{}" } }),
  "`clusters[].issuerUrl`": (size) =>
    args({ issuerUrl: size < 2 ? letters(0) : `${ISSUER}${letters(size)}`.slice(0, size) }),
  "`clusters[].thumbprints`": (count) =>
    args({ thumbprints: Array.from({ length: count }, () => letters(40)) }),
  "a thumbprint": (size) => args({ thumbprints: [letters(size)] }),
  "`clusters[].accountId`": (size) => args({ ...POD_IDENTITY, accountId: "1".repeat(size) }),
  "`clusters[].clusterName`": (size) => args({ ...POD_IDENTITY, clusterName: letters(size) }),
  "`clusters[].name`": (size) => args({ name: letters(size) }),
  "name in `trust.shards`": (size) =>
    args({ shard: letters(size) }, {}, { trust: { shards: [letters(size)] } }),
  "`serviceAccounts[].namespace`": (size) => args({}, { namespace: letters(size) }),
  "`serviceAccounts[].name`": (size) => args({}, { name: letters(size) }),
  "the same with `samplePod`": (size) => args({}, { name: letters(size) }, { samplePod: {} }),
  "value in `settings.labels`": (size) => args({}, { settings: { labels: { a: letters(size) } } }),
  "name in `settings.imagePullSecrets`": (size) =>
    args({}, { settings: { imagePullSecrets: [letters(size)] } }),
  "`settings.tokenExpiration`": (tokenExpiration) => args({}, { settings: { tokenExpiration } }),
  "`verificationJob.retries`": (retries) => args({}, {}, { verificationJob: { retries } }),
  "`podIdentity.settleSeconds`": (settleSeconds) =>
    args(POD_IDENTITY, {}, { podIdentity: { settleSeconds } }),
};

describe("docs: limits", () => {
  const rows = tableAfter(PAGE, "checked");

  it("has a row for each limit that is tried", () => {
    assert.deepEqual(
      rows.map(([what]) => what),
      Object.keys(TRIED),
    );
  });

  for (const [what = "", least = "", highest = ""] of rows) {
    it(`${what}: from ${least} to ${highest}`, () => {
      const tried = TRIED[what]!;
      const [lowest, top] = [Number(least), Number(highest)];
      const faults = (figure: number) => findProblems(tried(figure)).map(({ propertyPath }) => propertyPath);
      // The shortest issuer is a whole URL.
      if (what !== "`clusters[].issuerUrl`") assert.deepEqual(faults(lowest), []);
      assert.deepEqual(faults(top), []);
      assert.notDeepEqual(faults(top + 1), []);
      // There is nothing shorter than nothing.
      if (lowest > 0 || what.includes("Seconds") || what.includes("retries")) {
        assert.notDeepEqual(faults(lowest - 1), []);
      }
    });
  }

  it("has the clusters per role that fit", () => {
    const figures = tableAfter(PAGE, "clusters per role");
    const expected = figures.map(([how = ""]) => [
      how,
      ...LIMITS.map((limit) =>
        String(
          how === "Pod Identity"
            ? most((count) => podSizeOf(count) <= limit)
            : fits(limit, { form: formCalled(how) }),
        ),
      ),
    ]);
    assert.equal(figures.length, 4);
    assert.deepEqual(figures, expected);
  });
});

function formCalled(cell: string): TrustPolicyForm {
  const form = Object.values(TrustPolicyForm).find((one) => `\`${one}\`` === cell);
  if (form === undefined) throw new Error(`no form is called ${cell}`);
  return form;
}
