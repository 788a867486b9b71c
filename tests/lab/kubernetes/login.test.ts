import assert from "node:assert/strict";
import { verifyPresigned } from "../../../lab/aws/presigned";
import { AwsError, QueryParameters } from "../../../lab/aws/query";
import { presignedUrlIn, TokenRefused } from "../../../lab/kubernetes/login/token";

// Made by the aws command (awscli 1, botocore) for the cluster "x" with these keys: somebody else's signature.
const key = { accessKeyId: "AKIAX", secretAccessKey: "secret" };
const stsUrl = "http://127.0.0.1:9";
const signed = Date.parse("2026-11-24T16:46:54Z");
const presigned =
  `${stsUrl}/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256` +
  "&X-Amz-Credential=AKIAX%2F20261124%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date=20261124T164654Z&X-Amz-Expires=60" +
  "&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id" +
  "&X-Amz-Signature=d35a1accb053bcc9d1a7700d664a89053a563978f7a531e0100b3231fde8ba37";
const minute = 60_000;

const tokenOf = (url: string) => `k8s-aws-v1.${Buffer.from(url).toString("base64url")}`;

describe("a token of aws eks get-token", () => {
  it("holds a presigned URL of STS", () => {
    assert.equal(presignedUrlIn(tokenOf(presigned), stsUrl, signed + minute).href, presigned);
  });

  it("is good for a quarter of an hour, whatever it says", () => {
    presignedUrlIn(tokenOf(presigned), stsUrl, signed + 15 * minute);
    assert.throws(() => presignedUrlIn(tokenOf(presigned), stsUrl, signed + 15 * minute + 1), TokenRefused);
  });

  for (const [title, token] of [
    ["of another kind", "k8s-aws-v2.aHR0cDovLw"],
    ["that is not base64url", "k8s-aws-v1.a+b="],
    ["that holds no URL", tokenOf("hello")],
    ["that is too long", tokenOf(`${presigned}${"x".repeat(4096)}`)],
    ["for another host", tokenOf(presigned.replace("127.0.0.1", "127.0.0.2"))],
    ["for another port", tokenOf(presigned.replace(":9/", ":99/"))],
    ["with a user in its URL", tokenOf(presigned.replace("//", "//127.0.0.1:9@"))],
    ["for another path", tokenOf(presigned.replace("/?", "/reports?"))],
    ["for another action", tokenOf(presigned.replace("GetCallerIdentity", "AssumeRole"))],
    ["with a parameter more", tokenOf(`${presigned}&RoleArn=r`)],
    ["with a parameter twice", tokenOf(`${presigned}&action=GetCallerIdentity`)],
    ["for longer than may be", tokenOf(presigned.replace("Expires=60", "Expires=901"))],
    ["without a date", tokenOf(presigned.replace("20261124T164654Z", ""))],
    ["for any cluster", tokenOf(presigned.replace("%3Bx-k8s-aws-id", ""))],
  ] as const) {
    it(`is refused ${title}`, () => {
      assert.throws(() => presignedUrlIn(token, stsUrl, signed), TokenRefused);
    });
  }
});

describe("a presigned call", () => {
  const headers = { host: "127.0.0.1:9", "x-k8s-aws-id": "x" };

  function verify(url = presigned, sent: Record<string, string> = headers, now = signed, by = key): void {
    verifyPresigned(sent, new QueryParameters(new URL(url).search), by, now);
  }

  it("is taken from the key's owner", () => {
    verify();
    verify(presigned, headers, signed + 15 * minute);
  });

  for (const [title, attempt] of [
    [
      "for another cluster",
      () => {
        verify(presigned, { ...headers, "x-k8s-aws-id": "y" });
      },
    ],
    [
      "without the header that was signed",
      () => {
        verify(presigned, { host: headers.host });
      },
    ],
    [
      "at another host",
      () => {
        verify(presigned, { ...headers, host: "127.0.0.1:10" });
      },
    ],
    [
      "with a header of AWS that was not signed",
      () => {
        verify(presigned, { ...headers, "x-amz-target": "a" });
      },
    ],
    [
      "with a parameter more",
      () => {
        verify(`${presigned}&DurationSeconds=900`);
      },
    ],
    [
      "with another signature",
      () => {
        verify(presigned.replace(/7$/, "8"));
      },
    ],
    [
      "with a signature cut short",
      () => {
        verify(presigned.replace(/.$/, ""));
      },
    ],
    [
      "for another service",
      () => {
        verify(presigned.replace("%2Fsts%2F", "%2Fs3%2F"));
      },
    ],
    [
      "of another key",
      () => {
        verify(presigned.replace("AKIAX", "AKIAY"));
      },
    ],
    [
      "by another secret",
      () => {
        verify(presigned, headers, signed, { ...key, secretAccessKey: "other" });
      },
    ],
    [
      "when it has expired",
      () => {
        verify(presigned, headers, signed + 15 * minute + 1);
      },
    ],
    [
      "from the future",
      () => {
        verify(presigned, headers, signed - 6 * minute);
      },
    ],
  ] as const) {
    it(`is refused ${title}`, () => {
      assert.throws(attempt, AwsError);
    });
  }
});
