import { execInPod } from "../kubernetes/exec";
import { atMost } from "../setup/limit";
import type { LabCluster, LabDescription } from "../types";
import { boundAccounts, BUCKET, clusterOf, labelsOf, type Who } from "./fleet";
import { takesAssociations, type DemoIdentity } from "./identity";
import { findPod } from "./pods";
import type { ProofRow } from "./table";
import { podIdentitySession } from "./ways";

/** `aws` takes a core while it starts. */
const AT_ONCE = 2;

/** A command that is run in a pod, and what must come of it. */
interface Command {
  /** How it is called in the table. */
  name: string;
  command: string[];
  expected: string;
  outcome?: "granted" | "refused";
  /** What the command printed must be like this. */
  like: RegExp;
}

/**
 * Asks the stack's own pods, each from inside: who they are to AWS, what they may read, that they may not write, and by Pod Identity where
 * their credentials come from.
 */
export async function proveFromPods(
  lab: LabDescription,
  role: { name: string },
  identity: DemoIdentity,
): Promise<ProofRow[]> {
  const slot = atMost(AT_ONCE);
  const rows = boundAccounts(lab).map((who) => {
    const asked = [
      ...(takesAssociations(identity) ? [sourceOfCredentials(clusterOf(lab, who))] : []),
      ...commands(lab, role, takesAssociations(identity) ? podIdentitySession(who) : "…"),
    ];
    return slot(() => askPod(lab, who, asked));
  });
  return (await Promise.all(rows)).flat();
}

/** New pods of Pod Identity are given the agent's address and no role: the two never stand together. */
function sourceOfCredentials({ podIdentityUri }: LabCluster): Command {
  const expected = `AWS_CONTAINER_CREDENTIALS_FULL_URI=${podIdentityUri}, AWS_ROLE_ARN is not set`;
  return {
    name: "where its credentials come from",
    command: [
      "sh",
      "-c",
      'echo "AWS_CONTAINER_CREDENTIALS_FULL_URI=$AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_ROLE_ARN ${AWS_ROLE_ARN-is not set}"',
    ],
    expected,
    like: new RegExp(`^${escaped(expected)}$`),
  };
}

/** @param session the name of the pod's session, `…` being what nobody knows before. */
function commands(lab: LabDescription, role: { name: string }, session: string): Command[] {
  const arn = `arn:aws:sts::${lab.aws.accountId}:assumed-role/${role.name}/${session}`;
  const aws = (...args: string[]) => ({ name: `aws ${args.join(" ")}`, command: ["aws", ...args] });
  return [
    {
      ...aws("sts", "get-caller-identity", "--query", "Arn", "--output", "text"),
      expected: arn,
      outcome: "granted",
      like: new RegExp(`^${escaped(arn).replace("…", "[\\w.-]+")}$`),
    },
    {
      ...aws("s3", "ls", `s3://${BUCKET}`),
      expected: "hello",
      outcome: "granted",
      like: /^\S+ \S+ +14 hello$/,
    },
    {
      ...aws("s3", "cp", "-", `s3://${BUCKET}/intruder`),
      expected: "AccessDenied",
      outcome: "refused",
      like: /An error occurred \(AccessDenied\) when calling the PutObject operation/,
    },
  ];
}

async function askPod(lab: LabDescription, who: Who, asked: Command[]): Promise<ProofRow[]> {
  const cluster = clusterOf(lab, who);
  const pod = await findPod(cluster, who);
  const rows: ProofRow[] = [];
  for (const { name, command, expected, outcome: wanted, like } of asked) {
    const tried = `from its pod: ${name}`;
    if (!pod) {
      rows.push({ ...labelsOf(who), tried, expected, answer: "there is no sample pod", ok: false });
      continue;
    }
    const place = { namespace: who.namespace, name: pod.name, container: "aws-cli" };
    const result = await execInPod(cluster, place, command);
    const answer = `${result.stdout}${result.stderr}`.trim();
    const outcome = result.exitCode === 0 ? "granted" : "refused";
    rows.push({
      ...labelsOf(who),
      tried,
      expected,
      answer,
      // The others do not ask AWS.
      ...(wanted && { outcome }),
      ok: outcome === (wanted ?? "granted") && like.test(answer),
    });
  }
  return rows;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
