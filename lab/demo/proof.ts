import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { assumeWithWebIdentity, s3Client, type WebIdentityResult } from "../aws/clients";
import { requestToken } from "../kubernetes/tokens";
import type { LabDescription } from "../types";
import { outsiders, type Outsider } from "./cases";
import { boundAccounts, BUCKET, clusterOf, labelsOf, type Who } from "./fleet";
import type { ProofRow } from "./table";

/** Tries everybody: who is bound must get the one role and only what it permits, who is not must be refused by AWS. */
export async function prove(lab: LabDescription, role: { arn: string; name: string }): Promise<ProofRow[]> {
  const admitted: ProofRow[] = [];
  for (const who of boundAccounts(lab)) {
    admitted.push(...(await tryBound(lab, who, role)));
  }
  const refused: ProofRow[] = [];
  for (const outsider of outsiders(lab)) {
    refused.push(await tryOutsider(lab, outsider, role.arn));
  }
  return [...admitted, ...refused];
}

async function tryBound(
  lab: LabDescription,
  who: Who,
  role: { arn: string; name: string },
): Promise<ProofRow[]> {
  const cluster = clusterOf(lab, who);
  const token = await requestToken(cluster, who.namespace, who.serviceAccount);
  const region = cluster.region;
  const answer = await assumeWithWebIdentity(lab.aws, {
    roleArn: role.arn,
    token,
    region,
    sessionName: "demo",
  });
  const expected = `assumed-role/${role.name}/demo`;
  const assumed: ProofRow = {
    ...labelsOf(who),
    tried: "get the role",
    expected,
    answer: described(answer),
    outcome: answer.ok ? "granted" : "refused",
    ok: answer.ok && answer.assumedRoleArn.endsWith(`:${expected}`),
  };
  if (!answer.ok) {
    return [assumed];
  }
  const s3 = s3Client(lab.aws, answer.credentials, region);
  const list = await attempt(async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    return `${Contents.length} object(s): ${Contents.map(({ Key }) => Key ?? "").join(", ")}`;
  });
  const put = await attempt(async () => {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "intruder", Body: "x" }));
    return "written";
  });
  return [
    assumed,
    {
      ...labelsOf(who),
      tried: "list the bucket",
      expected: "1 object(s): hello",
      answer: list.text,
      outcome: list.outcome,
      ok: list.text === "1 object(s): hello",
    },
    {
      ...labelsOf(who),
      tried: "write to the bucket",
      expected: "AccessDenied",
      answer: put.text,
      outcome: put.outcome,
      ok: put.outcome === "refused" && put.text.startsWith("AccessDenied"),
    },
  ];
}

async function tryOutsider(lab: LabDescription, outsider: Outsider, roleArn: string): Promise<ProofRow> {
  const region = clusterOf(lab, outsider).region;
  const token = await outsider.token();
  const answer = await assumeWithWebIdentity(lab.aws, { roleArn, token, region, sessionName: "outsider" });
  const { code, message } = outsider;
  const wording =
    !answer.ok && (typeof message === "string" ? answer.message === message : message.test(answer.message));
  return {
    ...labelsOf(outsider),
    tried: `get the role: ${outsider.because}`,
    expected: `${code}: ${typeof message === "string" ? message : message.source}`,
    answer: described(answer),
    outcome: answer.ok ? "granted" : "refused",
    ok: !answer.ok && answer.code === code && wording,
  };
}

function described(answer: WebIdentityResult): string {
  return answer.ok ? answer.assumedRoleArn.replace(/^.*:/, "") : `${answer.code}: ${answer.message}`;
}

async function attempt(
  action: () => Promise<string>,
): Promise<Required<Pick<ProofRow, "outcome">> & { text: string }> {
  try {
    return { outcome: "granted", text: await action() };
  } catch (error) {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { outcome: "refused", text };
  }
}
