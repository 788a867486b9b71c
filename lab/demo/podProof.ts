import { clusterApi } from "../kubernetes/client";
import { execInPod } from "../kubernetes/exec";
import { atMost } from "../setup/limit";
import type { LabDescription } from "../types";
import { boundAccounts, BUCKET, clusterOf, labelsOf, type Who } from "./fleet";
import type { ProofRow } from "./table";

/** `aws` takes a core while it starts. */
const AT_ONCE = 2;

/** A command that is run in a pod, and what must come of it. */
interface Command {
  args: string[];
  expected: string;
  outcome: "granted" | "refused";
  /** What the command printed must be like this. */
  like: RegExp;
}

/** Asks the stack's own pods, each from inside: who they are to AWS, what they may read, and that they may not write. */
export async function proveFromPods(lab: LabDescription, role: { name: string }): Promise<ProofRow[]> {
  const slot = atMost(AT_ONCE);
  const rows = boundAccounts(lab).map((who) => slot(() => askPod(lab, who, commands(lab, role))));
  return (await Promise.all(rows)).flat();
}

function commands(lab: LabDescription, role: { name: string }): Command[] {
  const session = `arn:aws:sts::${lab.aws.accountId}:assumed-role/${role.name}/`;
  return [
    {
      args: ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"],
      expected: `${session}…`,
      outcome: "granted",
      like: new RegExp(`^${session}[\\w.-]+$`),
    },
    {
      args: ["s3", "ls", `s3://${BUCKET}`],
      expected: "hello",
      outcome: "granted",
      like: /^\S+ \S+ +14 hello$/,
    },
    {
      args: ["s3", "cp", "-", `s3://${BUCKET}/intruder`],
      expected: "AccessDenied",
      outcome: "refused",
      like: /An error occurred \(AccessDenied\) when calling the PutObject operation/,
    },
  ];
}

async function askPod(lab: LabDescription, who: Who, asked: Command[]): Promise<ProofRow[]> {
  const cluster = clusterOf(lab, who);
  const pods = await clusterApi(cluster).core.listNamespacedPod({
    namespace: who.namespace,
    labelSelector: "app.kubernetes.io/name=irsa-sample",
  });
  const pod = pods.items.find(({ spec }) => spec?.serviceAccountName === who.serviceAccount);
  const name = pod?.metadata?.name;
  const rows: ProofRow[] = [];
  for (const { args, expected, outcome: wanted, like } of asked) {
    const tried = `from its pod: aws ${args.join(" ")}`;
    if (name === undefined) {
      rows.push({ ...labelsOf(who), tried, expected, answer: "there is no sample pod", ok: false });
      continue;
    }
    const place = { namespace: who.namespace, name, container: "aws-cli" };
    const result = await execInPod(cluster, place, ["aws", ...args]);
    const answer = `${result.stdout}${result.stderr}`.trim();
    const outcome = result.exitCode === 0 ? "granted" : "refused";
    rows.push({
      ...labelsOf(who),
      tried,
      expected,
      answer,
      outcome,
      ok: outcome === wanted && like.test(answer),
    });
  }
  return rows;
}
