import * as aws from "@pulumi/aws";
import { openStack } from "./workspace";
import { mkdtempSync } from "node:fs";
import { homedir } from "node:os";
const directory = mkdtempSync("/tmp/try/run-");
const lab = { runId: "try", directory, aws: { endpointUrl: "http://127.0.0.1:5599", accountId: "123456789012", accessKeyId: "a", secretAccessKey: "b" } };
const trust = (arn: any, n = 1) => JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: { Federated: arn }, Action: "sts:AssumeRoleWithWebIdentity", Condition: { StringEquals: { a: "x&y" + n } } }] }, null, n);
let v = 1;
const program = async () => {
  const who = await aws.getCallerIdentity({});
  const oidc = new aws.iam.OpenIdConnectProvider("oidc", { url: "https://oidc.eks.us-east-1.amazonaws.com/id/" + "A".repeat(32), clientIdLists: ["sts.amazonaws.com"], tags: { v: `${v}` } });
  const role = new aws.iam.Role("role", { assumeRolePolicy: trust(`arn:aws:iam::${who.accountId}:oidc-provider/x`, v < 3 ? 1 : 3), description: v > 1 ? "two" : undefined, tags: { a: "b" } }, { dependsOn: oidc });
  const pol = new aws.iam.Policy("pol", { policy: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }] } });
  new aws.iam.RolePolicyAttachment("att", { role: role.name, policyArn: pol.arn });
  new aws.iam.RolePolicy("inline", { role, policy: JSON.stringify({ Statement: { Effect: "Allow", Action: ["s3:ListBucket"], Resource: "*" }, Version: "2012-10-17" }) });
  const b = new aws.s3.Bucket("Buck", { tags: { v: `${v}` } });
  return { arn: role.arn, url: oidc.url, bucket: b.bucket, rp: await aws.getRegion({}), tp: role.assumeRolePolicy };
};
(async () => {
  const t0 = Date.now(); const lap = (s: string) => console.log(`--- ${s} ${Date.now() - t0} ms`);
  const stack = await openStack({ lab, binaries: { pulumiRoot: homedir() + "/.cache/eks-irsa-lab/pulumi-v3.258.0" } as any, project: "try", program });
  lap("open");
  const p = await stack.preview(); lap("preview"); console.log(p.text, JSON.stringify(p.steps.find((s) => s.name === "role"), null, 1));
  try {
    const u = await stack.up(); lap("up"); console.log(u.text, u.outputs);
    const again = await stack.preview(); lap("again"); console.log(again.summary);
    v = 2; const u2 = await stack.up(); lap("up2"); console.log(u2.text);
    for (const s of u2.steps) if (s.op !== "same") console.log(s.op, s.name, s.detailedDiff);
    v = 3; const u3 = await stack.preview(); lap("p3"); for (const s of u3.steps) if (s.op !== "same") console.log(s.op, s.name, s.detailedDiff);
    const r = await stack.refresh(); lap("refresh"); console.log(r.text);
    const again2 = await stack.preview(); lap("again"); console.log(again2.summary);
  } finally {
    const d = await stack.destroy(); lap("destroy"); console.log(d.text);
  }
})().catch((e) => { console.error(e); process.exitCode = 1; });
