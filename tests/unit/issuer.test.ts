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
    [`https://oidc.eks.eusc-de-east-1.amazonaws.eu/id/${ID}`, "eusc-de-east-1"],
    ["https://issuer.example.com", undefined],
    ["https://issuer/a", undefined],
    ["https://i", undefined],
    // Hosts that are nearly EKS's are anybody's.
    ["https://my.oidc.eks.us-east-1.amazonaws.com/a", undefined],
    ["https://oidc.eks.us-east-1.amazonaws.com.example.com/a", undefined],
    ["https://my.oidc-eks.us-east-1.api.aws/a", undefined],
    ["https://oidc-eks.us-east-1.api.aws.example.com/a", undefined],
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
    [
      "dual-stack host in the European Sovereign Cloud",
      `https://oidc-eks.eusc-de-east-1.api.amazonwebservices.eu/id/${ID}`,
      /dual-stack address/,
      `https://oidc.eks.eusc-de-east-1.amazonaws.eu/id/${ID}`,
    ],
    [
      "dual-stack host in China",
      `https://oidc-eks.cn-north-1.api.amazonwebservices.com.cn/id/${ID}`,
      /dual-stack address/,
      `https://oidc.eks.cn-north-1.amazonaws.com.cn/id/${ID}`,
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

  it("takes 255 characters", () => {
    assert.equal(issuerProblem(`https://issuer.example.com/${"a".repeat(228)}`), undefined);
  });
});

describe("OIDC provider ARN", () => {
  const partition = fc.constantFrom("aws", "aws-cn", "aws-us-gov", "aws-iso", "aws-iso-b", "aws-eusc");
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
