import type { Deployment } from "@pulumi/pulumi/automation";

/** What the report reads of a resource in a stack's state. */
export interface StateResource {
  urn: string;
  type: string;
  /** The last part of the URN. */
  name: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** A stack's state, as far as the report reads it. */
export interface StackState {
  resources: StateResource[];
  /** Version of the engine that wrote it: `v3.258.0`. */
  engineVersion: string | undefined;
}

/** Reads the resources of an exported stack; those that only wait for their deletion are none any more. */
export function readState(state: Deployment): StackState {
  const deployment = recordOf(state.deployment);
  const resources = listOf(deployment.resources).map(recordOf);
  return {
    resources: resources.filter((resource) => resource.delete !== true).map(resourceOf),
    engineVersion: textOf(recordOf(deployment.manifest).version),
  };
}

function resourceOf(resource: Record<string, unknown>): StateResource {
  const urn = textOf(resource.urn) ?? "";
  return {
    urn,
    type: textOf(resource.type) ?? "",
    // A name may have `::` in it; what is before it has not.
    name: urn.split("::").slice(3).join("::"),
    inputs: recordOf(resource.inputs),
    outputs: recordOf(resource.outputs),
  };
}

/** The value as an object; an empty one when it is something else. */
export function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** The value as a list; an empty one when it is something else. */
export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The value as a text, if it is one. */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
