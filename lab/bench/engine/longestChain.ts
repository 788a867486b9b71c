/** A resource as a checkpoint has it; the engine makes it after everything that is named here. */
export interface StateResource {
  urn: string;
  type: string;
  parent?: string;
  /** URN and id, with `::` between. */
  provider?: string;
  dependencies?: string[];
  propertyDependencies?: { [property: string]: string[] | null };
}

/** The longest of the chains in which each resource waits for the one before it. */
export function longestChain(resources: readonly StateResource[]): StateResource[] {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const known = new Map<string, StateResource[]>();
  const chainTo = (resource: StateResource): StateResource[] => {
    const found = known.get(resource.urn);
    if (found) return found;
    const before = waitsFor(resource)
      .map((urn) => byUrn.get(urn))
      .filter((other) => other !== undefined)
      .map(chainTo);
    const chain = [...before.reduce(longer, []), resource];
    known.set(resource.urn, chain);
    return chain;
  };
  return resources.map(chainTo).reduce(longer, []);
}

function longer<T>(one: T[], other: T[]): T[] {
  return other.length > one.length ? other : one;
}

function waitsFor({ parent, provider, dependencies, propertyDependencies }: StateResource): string[] {
  const providerUrn = provider?.replace(/::[^:]*$/, "");
  const ofProperties = Object.values(propertyDependencies ?? {}).flatMap((urns) => urns ?? []);
  return [parent, providerUrn, ...(dependencies ?? []), ...ofProperties].filter((urn) => urn !== undefined);
}
