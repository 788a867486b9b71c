import * as rpc from "@pulumi/pulumi/runtime/rpc";
import type { ReadResourceRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** Stands in recorded inputs for a value that a preview does not know. */
export const UNKNOWN = Symbol("unknown at preview");

/** Stands in recorded inputs for a value that the engine is told to keep secret. */
export interface Secret {
  secret: unknown;
}

/** What the SDK asked of the engine for one resource; a resource is written as its URN. */
export interface Registration {
  urn: string;
  type: string;
  name: string;
  custom: boolean;
  /** Empty when it stands at the top. */
  parent: string;
  inputs: Record<string, unknown>;
  /** Everything it waits for, whether said by `dependsOn` or by an input; sorted. */
  dependencies: string[];
  /** The explicit provider; empty for the default one. */
  provider: string;
  /** Providers that a component hands on, by package. */
  providers: Record<string, string>;
  /** Former names. */
  aliases: string[];
  protect: boolean;
  retainOnDelete: boolean;
  /** Id of what is to be taken over; empty when the resource is made. */
  importId: string;
  customTimeouts: { create: string; update: string; delete: string };
  ignoreChanges: string[];
}

/** What the SDK asked the engine to read. */
export type Reading = Pick<Registration, "urn" | "type" | "name" | "parent" | "provider" | "dependencies"> & {
  /** By which it is read; `UNKNOWN` where a preview does not know it. */
  id: unknown;
};

/** Takes apart the request that the SDK sends, where mocks see but a part of it. */
export function registrationOf(request: RegisterResourceRequest, urn: string): Registration {
  const timeouts = request.getCustomtimeouts();
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    parent: request.getParent(),
    inputs: decoded(request.getObject()?.toJavaScript() ?? {}) as Record<string, unknown>,
    dependencies: request.getDependenciesList().sort(),
    provider: providerUrn(request.getProvider()),
    providers: Object.fromEntries(
      request
        .getProvidersMap()
        .toArray()
        .map(([name, reference]) => [name, providerUrn(reference)]),
    ),
    aliases: request.getAliasesList().map((alias) => alias.getSpec()?.getName() ?? alias.getUrn()),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    importId: request.getImportid(),
    customTimeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
    ignoreChanges: request.getIgnorechangesList(),
  };
}

/** The same of a request to read. */
export function readingOf(request: ReadResourceRequest, urn: string): Reading {
  return {
    urn,
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    provider: providerUrn(request.getProvider()),
    dependencies: request.getDependenciesList().sort(),
    id: decoded(request.getId()),
  };
}

/** A reference to a provider is its URN and its id. */
export function providerUrn(reference: string): string {
  return reference.split("::").slice(0, 4).join("::");
}

/** A value as it goes over the wire, with its marks made readable. */
export function decoded(value: unknown): unknown {
  if (value === rpc.unknownValue) {
    return UNKNOWN;
  }
  if (Array.isArray(value)) {
    return value.map(decoded);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const fields = value as Record<string, unknown>;
  const mark = fields[rpc.specialSigKey];
  if (mark === rpc.specialSecretSig) {
    return { secret: decoded(fields.value) } satisfies Secret;
  }
  if (mark !== undefined) {
    throw new Error(`a recorded value has a mark that is not known here: ${JSON.stringify(value)}`);
  }
  return Object.fromEntries(Object.entries(fields).map(([key, inner]) => [key, decoded(inner)]));
}
