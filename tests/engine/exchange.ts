import { setTimeout as sleep } from "node:timers/promises";
import { assumeWithWebIdentity } from "../../lab/aws/clients";
import { requestToken } from "../../lab/kubernetes/tokens";
import type { LabCluster, LabDescription } from "../../lab/types";
import { deletePod, makePod, refusalOfAgent, refusalOfEksAuth, type Pod } from "./pods";

type Lab = Pick<LabDescription, "aws" | "clusters">;

/** A ServiceAccount, in the cluster that has this name in the lab. */
export interface Holder {
  cluster: string;
  namespace: string;
  name: string;
}

/** A pod, which asks in the way that it was born with: STS, or EKS Auth without its node's agent, whose cache would hide refusals. */
export interface PodHolder extends Holder {
  pod: Pod;
  /** Whether it asks the agent, as real pods do, instead of EKS Auth. */
  asksAgent: boolean;
}

/** A pod as a holder. */
export function podHolder(pod: Pod, asksAgent = false): PodHolder {
  return { cluster: pod.cluster.name, namespace: pod.namespace, name: pod.serviceAccount, pod, asksAgent };
}

/** A ServiceAccount of which each exchange makes a new pod, which asks as real pods do, and goes. */
export interface NewPods extends Holder {
  newPods: true;
}

/** One exchange of a holder's token for a session. */
export interface Exchange {
  /** `<cluster>/<namespace>/<name>`, and which pod it is. */
  holder: string;
  began: Date;
  ended: Date;
  /** Code and text of the answer, where it gave no session. */
  refusal?: string;
}

/** An operation's result, and what became of the tokens meanwhile. */
export interface Exchanged<T> {
  result: T;
  /** In the order in which they ended. Of each holder, one is from before the operation and one from after it. */
  exchanges: Exchange[];
  /** The refusals of these holders, each with its time. */
  refusalsOf(...holders: Holder[]): string[];
  /** What was said to a holder after the operation: `session`, or code and text. */
  answerAfter(holder: Holder): string;
}

/** Between two exchanges of one holder: the operation needs the machine too. */
const PAUSE_MS = 100;
/** Fewer of a holder's exchanges during the operation would prove nothing. */
const ENOUGH = 3;

/**
 * Runs an operation, and all through it exchanges the token of each holder for a session of the role, over and over. The tokens
 * are the clusters' own (TokenRequest), made before: they outlive their ServiceAccounts.
 *
 * @throws where a token is refused before the operation, or was exchanged less than a few times during it.
 */
export async function whileExchanging<T>(
  lab: Lab,
  roleArn: string,
  holders: Holder[],
  operation: () => Promise<T>,
): Promise<Exchanged<T>> {
  const tokens = await Promise.all(holders.map((holder) => tokenOf(lab, holder)));
  const exchanges: Exchange[] = [];
  const exchangeAll = () =>
    Promise.all(tokens.map(async (token) => exchanges.push(await exchange(lab, roleArn, token))));

  await exchangeAll();
  const refused = refusalsIn(exchanges);
  if (refused.length > 0) throw new Error(`refused before the operation: ${refused.join(", ")}`);

  let running = true;
  const began = new Date();
  const loops = tokens.map(async (token) => {
    while (running) {
      exchanges.push(await exchange(lab, roleArn, token));
      await sleep(PAUSE_MS);
    }
  });
  const result = await operation().finally(() => {
    running = false;
  });
  const ended = new Date();
  await Promise.all(loops);
  assertEnough(exchanges, holders, { began, ended });

  const after = exchanges.length;
  await exchangeAll();
  const of = (list: Exchange[], holder: Holder): Exchange[] => {
    const found = list.filter((one) => one.holder === nameOf(holder));
    if (found.length === 0) throw new Error(`the token of ${nameOf(holder)} was not exchanged`);
    return found;
  };
  return {
    result,
    exchanges,
    refusalsOf: (...wanted) => wanted.flatMap((holder) => refusalsIn(of(exchanges, holder))),
    answerAfter: (holder) => of(exchanges.slice(after), holder)[0]?.refusal ?? "session",
  };
}

/** What STS says to a holder now: `session`, or code and text. */
export async function answerTo(lab: Lab, roleArn: string, holder: Holder): Promise<string> {
  const { refusal } = await exchange(lab, roleArn, await tokenOf(lab, holder));
  return refusal ?? "session";
}

interface Token {
  holder: string;
  /** Asks for a session of the role. Resolves to a refusal. */
  ask: (lab: Lab, roleArn: string) => Promise<string | undefined>;
}

async function tokenOf(lab: Lab, holder: Holder): Promise<Token> {
  return { holder: nameOf(holder), ask: await askerFor(lab, holder) };
}

async function askerFor({ clusters }: Lab, holder: Holder): Promise<Token["ask"]> {
  if (isPod(holder)) return askerOf(holder);
  const cluster = clusters.find(({ name }) => name === holder.cluster);
  if (!cluster) throw new Error(`the lab has no cluster ${holder.cluster}`);
  if (isNewPods(holder)) return newPodsAskerOf(cluster, holder);
  const token = await requestToken(cluster, holder.namespace, holder.name);
  return (lab, roleArn) => refusalOfSts(lab, roleArn, token);
}

function askerOf({ pod, asksAgent }: PodHolder): Token["ask"] {
  if (pod.way === "web identity") return (lab, roleArn) => refusalOfSts(lab, roleArn, pod.token);
  return asksAgent ? () => refusalOfAgent(pod) : (lab, roleArn) => refusalOfEksAuth(lab, roleArn, pod);
}

function newPodsAskerOf(cluster: LabCluster, { namespace, name }: Holder): Token["ask"] {
  return async (lab, roleArn) => {
    const pod = await makePod(cluster, namespace, name).catch(String);
    if (typeof pod === "string") return pod;
    const refusal = await askerOf(podHolder(pod, true))(lab, roleArn);
    await deletePod(pod);
    return refusal && `${pod.way}: ${refusal}`;
  };
}

async function exchange(lab: Lab, roleArn: string, { holder, ask }: Token): Promise<Exchange> {
  const began = new Date();
  const refusal = await ask(lab, roleArn);
  return { holder, began, ended: new Date(), ...(refusal !== undefined && { refusal }) };
}

async function refusalOfSts({ aws }: Lab, roleArn: string, token: string): Promise<string | undefined> {
  const answer = await assumeWithWebIdentity(aws, { roleArn, token, region: "us-east-1" }).catch(
    // An STS that does not answer is no less a refusal to a pod.
    (error: unknown) => ({ ok: false as const, code: "no answer", message: String(error) }),
  );
  return answer.ok ? undefined : `${answer.code}: ${answer.message}`;
}

function refusalsIn(exchanges: Exchange[]): string[] {
  return exchanges.flatMap(({ holder, ended, refusal }) =>
    refusal === undefined ? [] : [`${ended.toISOString()} ${holder} ${refusal}`],
  );
}

function assertEnough(
  exchanges: Exchange[],
  holders: Holder[],
  operation: { began: Date; ended: Date },
): void {
  for (const holder of holders.map(nameOf)) {
    const during = exchanges.filter(
      (one) => one.holder === holder && one.began >= operation.began && one.ended <= operation.ended,
    );
    if (during.length < ENOUGH) {
      throw new Error(
        `the token of ${holder} was exchanged ${during.length} times during the operation, which proves nothing`,
      );
    }
  }
}

function isPod(holder: Holder): holder is PodHolder {
  return "pod" in holder;
}

function isNewPods(holder: Holder): holder is NewPods {
  return "newPods" in holder;
}

function nameOf(holder: Holder): string {
  const { cluster, namespace, name } = holder;
  const which = isPod(holder)
    ? ` (pod ${holder.pod.name}, ${holder.pod.way}${holder.asksAgent ? " by the agent" : ""})`
    : isNewPods(holder)
      ? " (new pods)"
      : "";
  return `${cluster}/${namespace}/${name}${which}`;
}
