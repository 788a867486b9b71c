import assert from "node:assert/strict";
import fc from "fast-check";
import {
  adoptionProblem,
  issuerProblem,
  oidcProviderArn,
  parseIssuer,
  parseOidcProviderArn,
} from "../../trust/issuer";
import { textOf } from "../support/arbitraries";

const ID = "0123456789ABCDEF0123456789ABCDEF";
const EAST = `https://oidc.eks.us-east-1.amazonaws.com/id/${ID}`;
const EAST_ARN = `arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/${ID}`;

describe("issuer URL", () => {
  const good: [string, string | undefined][] = [
    [EAST, "us-east-1"],
    [`https://oidc.eks.ap-northeast-2.amazonaws.com/id/${ID}`, "ap-northeast-2"],
    [`https://oidc.eks.us-gov-west-1.amazonaws.com/id/${ID}`, "us-gov-west-1"],
    [`https://oidc.eks.cn-northwest-1.amazonaws.com.cn/id/${ID}`, "cn-northwest-1"],
    [`https://oidc.eks.us-iso-east-1.c2s.ic.gov/id/${ID}`, "us-iso-east-1"],
    [`https://oidc.eks.us-isob-east-1.sc2s.sgov.gov/id/${ID}`, "us-isob-east-1"],
    [`https://oidc.eks.eu-isoe-west-1.cloud.adc-e.uk/id/${ID}`, "eu-isoe-west-1"],
    [`https://oidc.eks.us-isof-south-1.csp.hci.ic.gov/id/${ID}`, "us-isof-south-1"],
    [`https://oidc.eks.eusc-de-east-1.amazonaws.eu/id/${ID}`, "eusc-de-east-1"],
    // AWS may add regions whose names begin in a new way, wherever it likes.
    [`https://oidc.eks.xx-new-1.amazonaws.com/id/${ID}`, "xx-new-1"],
    [`https://oidc.eks.xx-new-1.c2s.ic.gov/id/${ID}`, "xx-new-1"],
    // kOps, kind, GKE and AKS, which has a slash at the end: none is like EKS's.
    ["https://my-bucket.s3.eu-west-1.amazonaws.com", undefined],
    ["https://my.dotted.bucket.s3.cn-north-1.amazonaws.com.cn/prod.example.com", undefined],
    ["https://oidc.example.com/cluster1", undefined],
    ["https://container.googleapis.com/v1/projects/p-1/locations/europe-west1/clusters/c", undefined],
    ["https://eastus.oic.prod-aks.azure.com/678754f1-dc64/b5e2854f-fb7e/", undefined],
    ["https://issuer.example.com/", undefined],
    ["https://issuer.example.com", undefined],
    ["https://issuer.test/a", undefined],
    ["https://i.j", undefined],
    // Hosts that are nearly EKS's are anybody's.
    ["https://my.oidc.eks.us-east-1.amazonaws.com/a", undefined],
    ["https://oidc.eks.us-east-1.amazonaws.com.example.com/a", undefined],
    ["https://my.oidc-eks.us-east-1.api.aws/a", undefined],
    ["https://oidc-eks.us-east-1.api.aws.example.com/a", undefined],
    ["https://oidc-eks.us-east-1.amazonaws.com/a", undefined],
    ["https://oidc.eks.us-east-1.api.aws/a", undefined],
    ["https://oidc.eks.amazonaws.com/a", undefined],
    ["https://s3.eu-west-1.amazonaws.com/my-bucket/my_cluster", undefined],
  ];
  for (const [url, region] of good) {
    it(`takes ${url}`, () => {
      assert.equal(issuerProblem(url), undefined);
      assert.deepEqual(parseIssuer(url), { url, hostPath: url.replace("https://", ""), region });
    });
  }

  /** What is wrong, the URL, what is said, and the URL to write instead where there is one. */
  const bad: [string, string, RegExp, string?][] = [
    ["nothing", "", /^is empty: .*cluster\.identity\.oidc\.issuer/],
    ["no scheme", EAST.replace("https://", ""), /must begin with https:\/\//, EAST],
    ["http", EAST.replace("https", "http"), /must begin with https:\/\//, EAST],
    ["scheme in capitals", EAST.replace("https", "HTTPS"), /must begin with https:\/\//, EAST],
    ["another scheme within", "a.example/ftp://b", /write "https:\/\/a\.example\/ftp:\/\/b" instead of/],
    ["port", EAST.replace(".com", ".com:443"), /must have no port/, EAST],
    ["trailing slash", `${EAST}/`, /must not end with a slash/, EAST],
    ["slashes at the end", `${EAST}//`, /must not end with a slash/, EAST],
    ["query", `${EAST}?x=1`, /no query and no fragment/, EAST],
    ["empty query", `${EAST}?`, /no query and no fragment/, EAST],
    ["fragment", `${EAST}#x`, /no query and no fragment/, EAST],
    ["user name", EAST.replace("https://", "https://me@"), /no user name/],
    ["space at the end", `${EAST} `, /white space/],
    ["line end", `${EAST}\n`, /white space/],
    ["zero-width space", `${EAST}\u200b`, /control characters/],
    ["host in capitals", EAST.replace("oidc", "OIDC"), /lower-case DNS name/],
    ["host with an underscore", "https://my_issuer.example.com/a", /lower-case DNS name/],
    ["no host", "https:///id/A", /lower-case DNS name/],
    ["two dots", EAST.replace("eks.", "eks.."), /lower-case DNS name/],
    ["EKS without id", "https://oidc.eks.us-east-1.amazonaws.com", /comes \/id\/ and the cluster's id/],
    ["EKS, more after the id", `${EAST}/.well-known/openid-configuration`, /not an EKS issuer/],
    ["EKS, more before the id", EAST.replace("/id/", "/x/id/"), /not an EKS issuer/],
    ["path with a colon", "https://issuer.example.com/a:b", /characters that a condition key cannot carry/],
    ["path with a variable", "https://issuer.example.com/${x}", /characters that a condition key/],
    ["path with a wildcard", "https://issuer.example.com/*", /characters that a condition key/],
    ["double slash", "https://issuer.example.com//a", /characters that a condition key/],
    ["two slashes at the end", "https://issuer.example.com/a//", /characters that a condition key/],
    [
      "256 characters",
      `https://issuer.example.com/${"a".repeat(229)}`,
      /256 characters long; .* at most 255/,
    ],
    [
      "dual-stack host",
      `https://oidc-eks.us-east-1.api.aws/id/${ID}`,
      /dual-stack address .*not what the cluster's tokens carry/,
      EAST,
    ],
    ["dual-stack host and a slash", `https://oidc-eks.us-east-1.api.aws/id/${ID}/`, /dual-stack/, EAST],
    [
      "a region of China on the domain of another partition",
      `https://oidc.eks.cn-north-1.amazonaws.com/id/${ID}`,
      /is not an EKS issuer: in cn-north-1 the host is oidc\.eks\.cn-north-1\.amazonaws\.com\.cn/,
      `https://oidc.eks.cn-north-1.amazonaws.com.cn/id/${ID}`,
    ],
    [
      "a region of the commercial partition on the domain of China",
      `https://oidc.eks.us-east-1.amazonaws.com.cn/id/${ID}`,
      /in us-east-1 the host is oidc\.eks\.us-east-1\.amazonaws\.com:/,
      EAST,
    ],
    [
      "a region of one ISO partition on the domain of another",
      `https://oidc.eks.us-isob-east-1.c2s.ic.gov/id/${ID}`,
      /in us-isob-east-1 the host is oidc\.eks\.us-isob-east-1\.sc2s\.sgov\.gov/,
      `https://oidc.eks.us-isob-east-1.sc2s.sgov.gov/id/${ID}`,
    ],
  ];
  for (const [fault, url, said, remedy] of bad) {
    it(`refuses: ${fault}`, () => {
      const problem = issuerProblem(url) ?? "";
      assert.match(problem, said);
      assert.throws(() => parseIssuer(url), { message: `issuer URL ${problem}` });
      if (remedy !== undefined) {
        assert.ok(problem.includes(`write "${remedy}"`), problem);
        assert.equal(issuerProblem(remedy), undefined);
      }
    });
  }

  for (const [region, dualStack, host] of [
    ["us-gov-west-1", "api.aws", "amazonaws.com"],
    ["cn-north-1", "api.amazonwebservices.com.cn", "amazonaws.com.cn"],
    ["eusc-de-east-1", "api.amazonwebservices.eu", "amazonaws.eu"],
    ["us-iso-east-1", "api.aws.ic.gov", "c2s.ic.gov"],
    ["us-isob-east-1", "api.aws.scloud", "sc2s.sgov.gov"],
    ["eu-isoe-west-1", "api.cloud-aws.adc-e.uk", "cloud.adc-e.uk"],
    ["us-isof-south-1", "api.aws.hci.ic.gov", "csp.hci.ic.gov"],
  ] as const) {
    it(`says what tokens of ${region} carry instead of the dual-stack address`, () => {
      const remedy = `https://oidc.eks.${region}.${host}/id/${ID}`;
      assert.equal(
        issuerProblem(`https://oidc-eks.${region}.${dualStack}/id/${ID}`),
        "is the dual-stack address of the discovery document, and not what the cluster's tokens carry: " +
          `write "${remedy}"`,
      );
      assert.equal(issuerProblem(remedy), undefined);
    });
  }

  it("refuses every known region on the domain of another partition", () => {
    const commercial = ["us", "eu", "ap", "sa", "ca", "me", "af", "il", "mx"].map((area) => `${area}-east-1`);
    const elsewhere = [
      ...["us-gov-west-1", "cn-north-1", "us-iso-east-1", "us-isob-east-1", "us-isof-south-1"],
      ...["eusc-de-east-1", "eu-isoe-west-1", "ap-southeast-12"],
    ];
    for (const region of [...commercial, ...elsewhere]) {
      const domains = ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "c2s.ic.gov", "csp.hci.ic.gov"];
      const refused = domains.filter((domain) =>
        issuerProblem(`https://oidc.eks.${region}.${domain}/id/${ID}`),
      );
      assert.ok(refused.length >= domains.length - 1, `${region}: ${refused.join(", ")}`);
    }
  });

  it("leaves regions that nobody knows yet to EKS", () => {
    for (const region of [
      "xx-north-1",
      "xus-east-1",
      "us-east-1x",
      "us-east-x",
      "xcn-north-1",
      "eusc-de-east",
    ]) {
      for (const domain of ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu", "c2s.ic.gov"]) {
        assert.equal(issuerProblem(`https://oidc.eks.${region}.${domain}/id/${ID}`), undefined, region);
      }
    }
  });

  it("takes 255 characters", () => {
    assert.equal(issuerProblem(`https://issuer.example.com/${"a".repeat(228)}`), undefined);
  });
});

describe("OIDC provider ARN", () => {
  const partition = fc.constantFrom(
    ...["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"],
  );
  const accountId = textOf("0123456789", 12, 12);
  const id = textOf("0123456789ABCDEF", 32, 32);

  it("is computed from the issuer, and gives it back", () => {
    assert.equal(
      oidcProviderArn(parseIssuer(EAST), { partition: "aws", accountId: "123456789012" }),
      EAST_ARN,
    );
    fc.assert(
      fc.property(partition, accountId, id, (where, account, cluster) => {
        const issuer = parseIssuer(`https://oidc.eks.eu-west-1.amazonaws.com/id/${cluster}`);
        const arn = oidcProviderArn(issuer, { partition: where, accountId: account });
        const { hostPath } = issuer;
        assert.deepEqual(parseOidcProviderArn(arn), { partition: where, accountId: account, hostPath });
        assert.equal(adoptionProblem(arn, issuer.url), undefined);
      }),
    );
  });

  it("keeps the slash that a self-hosted issuer ends with", () => {
    const issuer = parseIssuer("https://eastus.oic.prod-aks.azure.com/tenant/cluster/");
    const arn = oidcProviderArn(issuer, { partition: "aws", accountId: "123456789012" });
    assert.ok(arn.endsWith(":oidc-provider/eastus.oic.prod-aks.azure.com/tenant/cluster/"), arn);
    assert.equal(adoptionProblem(arn, issuer.url), undefined);
    assert.match(adoptionProblem(arn, issuer.url.slice(0, -1)) ?? "", /belongs to issuer "[^"]*\/cluster\/"/);
  });

  for (const arn of [
    "",
    "arn:aws:iam::123456789012:role/app",
    EAST_ARN.replace("123456789012", "12345678901"),
    EAST_ARN.replace(":iam:", ":sts:"),
    EAST_ARN.replace(":iam::", ":iam:us-east-1:"),
    EAST_ARN.replace("oidc-provider", "saml-provider"),
    EAST_ARN.replace("oidc-provider/", "oidc-provider/https://"),
    EAST_ARN.replace("arn:aws:", "arn:*:"),
    `${EAST_ARN}/`,
    `${EAST_ARN}*`,
    `x${EAST_ARN}`,
    `${EAST_ARN}\n`,
    "arn:aws:iam::123456789012:oidc-provider/",
  ]) {
    it(`${JSON.stringify(arn)} is none`, () => {
      assert.equal(parseOidcProviderArn(arn), undefined);
    });
  }
});

describe("adoption", () => {
  it("takes the provider of the cluster's own issuer", () => {
    assert.equal(adoptionProblem(EAST_ARN, EAST), undefined);
  });

  it("refuses an empty ARN and says what to do", () => {
    assert.match(adoptionProblem("", EAST) ?? "", /^is empty: leave it out to have the provider created/);
  });

  it("refuses what is no provider's ARN and shows how one looks", () => {
    const problem = adoptionProblem("arn:aws:iam::123456789012:role/x", EAST) ?? "";
    assert.match(
      problem,
      /is not the ARN of an IAM OIDC provider \(arn:<partition>:iam::<account>:oidc-prov/,
    );
  });

  it("refuses another issuer's provider and names both", () => {
    const other = EAST.replace(/.$/, "0");
    const problem = adoptionProblem(EAST_ARN, other) ?? "";
    assert.ok(problem.includes(`belongs to issuer "${EAST}", and not to this cluster's "${other}"`), problem);
  });

  it("tells an issuer's id in another case from it, as STS does", () => {
    assert.match(adoptionProblem(EAST_ARN.toLowerCase(), EAST) ?? "", /belongs to issuer/);
  });
});
