import { ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3";
import { s3Client, type SessionCredentials } from "../aws/clients";
import type { LabDescription } from "../types";
import { boundByToken, outsidersByToken, type Outsider } from "./cases";
import { boundAccounts, BUCKET, clusterOf, labelsOf, type Who } from "./fleet";
import { whileAssociated } from "./handMade";
import { takesAssociations, takesTokens, type DemoIdentity } from "./identity";
import { outsidersByHand, outsidersOfEks } from "./podIdentityCases";
import type { ProofRow } from "./table";
import { byPodIdentity, byToken, type Answer, type Role, type Way } from "./ways";

/**
 * Tries everybody, by each way that there is to the role: who is bound must get the one role and only what it permits, who is not must
 * be refused by AWS.
 */
export async function prove(lab: LabDescription, role: Role, identity: DemoIdentity): Promise<ProofRow[]> {
  const token = byToken(lab, role, identity);
  const association = byPodIdentity(lab);
  const ways = [
    ...(takesTokens(identity) ? [token] : []),
    ...(takesAssociations(identity) ? [association] : []),
  ];
  const admitted: ProofRow[] = [];
  for (const way of ways) {
    for (const who of boundAccounts(lab)) {
      admitted.push(...(await tryBound(lab, who, role, way)));
    }
  }
  const byTheirToken = takesTokens(identity) ? outsidersByToken(lab) : boundByToken(lab);
  const refused = await tryOutsiders(byTheirToken, token);
  if (takesAssociations(identity)) {
    refused.push(...(await tryOutsiders(outsidersOfEks(lab), association)));
    const byHand = outsidersByHand(lab);
    refused.push(...(await whileAssociated(lab, byHand, role.arn, () => tryOutsiders(byHand, association))));
  }
  return [...admitted, ...refused];
}

async function tryBound(lab: LabDescription, who: Who, role: Role, way: Way): Promise<ProofRow[]> {
  const answer = await way.ask(who, await way.token(who));
  const expected = `assumed-role/${role.name}/${way.session(who)}`;
  const assumed: ProofRow = {
    ...labelsOf(who),
    tried: way.tried,
    expected,
    answer: described(answer),
    outcome: answer.ok ? "granted" : "refused",
    ok: answer.ok && isSession(answer.assumedRoleArn, expected),
  };
  return answer.ok ? [assumed, ...(await tryBucket(lab, who, answer.credentials))] : [assumed];
}

function isSession(arn: string, expected: string): boolean {
  const [known = "", unknown] = expected.split("…");
  return unknown === undefined ? arn.endsWith(`:${known}`) : arn.includes(`:${known}`);
}

async function tryBucket(
  lab: LabDescription,
  who: Who,
  credentials: Required<SessionCredentials>,
): Promise<ProofRow[]> {
  const s3 = s3Client(lab.aws, credentials, clusterOf(lab, who).region);
  const list = await attempt(async () => {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    return `${Contents.length} object(s): ${Contents.map(({ Key }) => Key ?? "").join(", ")}`;
  });
  const put = await attempt(async () => {
    await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key: "intruder", Body: "x" }));
    return "written";
  });
  return [
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

async function tryOutsiders(outsiders: Outsider[], way: Way): Promise<ProofRow[]> {
  const rows: ProofRow[] = [];
  for (const outsider of outsiders) {
    rows.push(await tryOutsider(outsider, way));
  }
  return rows;
}

async function tryOutsider(outsider: Outsider, way: Way): Promise<ProofRow> {
  const answer = await way.ask(outsider, await outsider.token());
  const { code, message } = outsider;
  const wording =
    !answer.ok && (typeof message === "string" ? answer.message === message : message.test(answer.message));
  return {
    ...labelsOf(outsider),
    tried: `${way.tried}: ${outsider.because}`,
    expected: `${code}: ${typeof message === "string" ? message : message.source}`,
    answer: described(answer),
    outcome: answer.ok ? "granted" : "refused",
    ok: !answer.ok && answer.code === code && wording,
  };
}

function described(answer: Answer): string {
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
