import type { Properties } from "../shared/server";
import { partitionOf } from "./partition";
import { optionalText, type ResourceDefinition, type Schema } from "./schema";

/**
 * The argument `region` of a resource that lives in one. Another region is another resource
 * (terraform-provider-aws internal/provider/framework/region.go and internal/provider/sdkv2/region.go).
 */
export const REGION = {
  region: { terraformName: "region", input: "optional", computed: true, forceNew: true },
} satisfies Schema;

/**
 * Puts the region of the provider's own configuration among the inputs of a resource that names none
 * (pulumi-aws provider/region.go: applyRegion). One that only the environment knows is not put there.
 */
export function fillInRegion(schema: Schema, inputs: Properties, providerConfig: Properties): void {
  if (!hasRegion(schema) || inputs.region !== undefined) return;
  const region = optionalText(providerConfig, "region");
  if (region !== undefined) inputs.region = region;
}

/** The inputs of something new, with the region that it will be in (resourceDefaultRegion, defaultRegion). */
export function withRegion(schema: Schema, inputs: Properties, region: string | undefined): Properties {
  const wanted = hasRegion(schema) && inputs.region === undefined && region !== undefined;
  return wanted ? { ...inputs, region } : inputs;
}

/** Fails for a region of another partition: internal/conns/awsclient.go (ValidateInContextRegionInPartition). */
export function refuseOtherPartition(
  { schema, framework }: Pick<ResourceDefinition, "schema" | "framework">,
  inputs: Properties,
  providerRegion: string,
): void {
  const region = hasRegion(schema) ? optionalText(inputs, "region") : undefined;
  if (region === undefined) return;
  const [got, want] = [partitionOf(region).id, partitionOf(providerRegion).id];
  if (got === want) return;
  const place = framework ? '[AttributeName("region")] Invalid Region Value: ' : "";
  throw new Error(
    `${place}partition (${got}) for per-resource Region (${region}) is not the provider's configured partition (${want})`,
  );
}

/** An id given to an import, without the `@<region>` that it may end with (importRegion, resourceImportRegion). */
export function splitImportId(given: string): { id: string; region: Properties } {
  const [, id, region] = /^(.+)@([a-z]{2}(?:-[a-z]+)+-\d{1,2})$/.exec(given) ?? [];
  return id !== undefined && region !== undefined ? { id, region: { region } } : { id: given, region: {} };
}

function hasRegion(schema: Schema): boolean {
  return schema.region?.input !== undefined;
}
