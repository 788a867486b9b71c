import type { Severity } from "../shared/engine-log";
import { isProperties, type Properties, type PropertyValue } from "../shared/values";
import { nameOf, namespaceOf } from "./objects";

/** One thing that must be so before an object is ready, in the order in which they come about. */
export interface CheckOutcome {
  ok: boolean;
  /** What is being waited for. */
  description: string;
  message?: { severity: Severity; text: string };
}

export type ReadinessCheck = (object: Properties) => CheckOutcome;

/**
 * What holds of an object, up to the first thing that does not. readyDetails in
 * https://github.com/pulumi/pulumi-kubernetes/blob/55e3b2da39313e345e272de480a63c8d0f14796e/provider/pkg/await/checker/checker.go
 */
export function runChecks(
  checks: readonly ReadinessCheck[],
  object: Properties,
): { ready: boolean; outcomes: CheckOutcome[] } {
  const outcomes: CheckOutcome[] = [];
  for (const check of checks) {
    const outcome = check(object);
    outcomes.push(outcome);
    if (!outcome.ok) return { ready: false, outcomes };
  }
  return { ready: true, outcomes };
}

/** The name as messages have it: with the namespace, unless that is `default`. */
export function qualifiedName(object: Properties): string {
  const namespace = namespaceOf(object);
  const name = nameOf(object) ?? "";
  return namespace === undefined || namespace === "default" ? name : `${namespace}/${name}`;
}

/** A part of an object that is a map, or an empty one. */
export const partOf = (object: Properties, key: string): Properties => {
  const part = object[key];
  return isProperties(part) ? part : {};
};

export const listOf = (object: Properties, key: string): Properties[] => {
  const list = object[key];
  return Array.isArray(list) ? list.filter(isProperties) : [];
};

export const textOf = (value: PropertyValue | undefined): string => (typeof value === "string" ? value : "");
export const numberOf = (value: PropertyValue | undefined): number => (typeof value === "number" ? value : 0);

/** A condition in an object's status. */
export const conditionOf = (object: Properties, type: string): Properties | undefined =>
  listOf(partOf(object, "status"), "conditions").find((condition) => condition.type === type);
