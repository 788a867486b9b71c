import { IdentityMode } from "../../index";
import type { Counterexample } from "../../lab/proof/prove";
import type { LabDescription } from "../../lab/types";
import { evaluateTrust, type Decision } from "../../trust/evaluate";
import { parseSubject } from "../../trust/subject";
import { eksArn, everyCluster, type Pair } from "./mixedFleet";

/** A fault in a condition: what becomes of the values of a key. */
export interface Spoil {
  /** How the key ends. */
  key: string;
  /** The values in place of those that are there; none takes the key away. */
  values: (old: string[]) => string[];
}

interface Written {
  Statement: { Condition?: { StringEquals: Record<string, string | string[]> } }[];
}

/** The document with the fault in one statement, for each statement that has the key. */
export function spoiltDocuments(document: string, { key, values }: Spoil): string[] {
  const { Statement: statements, ...rest } = JSON.parse(document) as Written;
  return statements.flatMap((statement, index) => {
    const equals = statement.Condition?.StringEquals ?? {};
    const found = Object.keys(equals).find((one) => one.endsWith(key));
    if (found === undefined) return [];
    const { [found]: old = [], ...others } = equals;
    const wanted = [...new Set(values([old].flat()))];
    const StringEquals = wanted.length === 0 ? others : { ...others, [found]: wanted };
    const { Condition: _, ...unconditional } = statement;
    const spoilt =
      Object.keys(StringEquals).length === 0
        ? unconditional
        : { ...unconditional, Condition: { StringEquals } };
    return [
      JSON.stringify({ ...rest, Statement: statements.map((one, at) => (at === index ? spoilt : one)) }),
    ];
  });
}

/** What the evaluator says of whom a counterexample is about. */
export function decisionFor(document: string, found: Counterexample): Decision {
  if (found.kind === "token") return evaluateTrust(document, found).decision;
  if (found.kind === "association" && found.sessionTags) {
    const { clusterArn = "", namespace = "", serviceAccount = "" } = found;
    return evaluateTrust(document, { clusterArn, namespace, serviceAccount }).decision;
  }
  throw new Error(`no pod comes so: ${JSON.stringify(found)}`);
}

/**
 * The ServiceAccount of the lab's that a counterexample is about, so that it can be tried. The stranger stands for a cluster that there is
 * not: neither is one of the claim's.
 */
export function pairOf(found: Counterexample, lab: LabDescription): Pair {
  if (found.kind === "token") {
    const cluster = everyCluster(lab).find(({ issuerUrl }) => issuerUrl === found.issuer);
    const subject = parseSubject(found.subject);
    if (cluster && subject) {
      const { namespace, name: serviceAccount } = subject;
      return { cluster: cluster.name, namespace, serviceAccount, way: IdentityMode.Irsa };
    }
  } else if (found.kind === "association") {
    const { clusterArn, namespace, serviceAccount } = found;
    const { name } = everyCluster(lab).find((one) => eksArn(lab, one) === clusterArn) ?? lab.stranger;
    if (namespace !== undefined && serviceAccount !== undefined) {
      return { cluster: name, namespace, serviceAccount, way: IdentityMode.PodIdentity };
    }
  }
  throw new Error(`nobody in the lab is meant: ${JSON.stringify(found)}`);
}
