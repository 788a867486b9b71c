import type { Properties, PropertyValue } from "../shared/server";
import type { AwsClients } from "./clients";

/**
 * One property of a resource, in the terms of a Terraform schema: what the real plugin's behaviour in check, preview
 * and diff follows from (terraform-plugin-sdk/v2 helper/schema, as bridged by pulumi-terraform-bridge/v3).
 */
export interface Property {
  /** Terraform's name for it, in the real plugin's messages. */
  terraformName: string;
  /** May the user give it? Absent: only AWS does. */
  input?: "required" | "optional";
  /** AWS gives a value where the user gives none. */
  computed?: boolean;
  /** A change replaces the resource. */
  forceNew?: boolean;
  default?: PropertyValue;
  /** What is planned where nothing is given: a default of Terraform's plugin framework, which is no input. */
  plannedDefault?: PropertyValue;
  /** Generated from the resource's logical name when absent. */
  autoName?: { maxLength: number; lowerCase?: boolean };
  /** Giving this other property as well is an error, and keeps a default from being filled in. */
  conflictsWith?: string;
  /** A list whose order means nothing. */
  set?: boolean;
  /** A JSON document, that may also be given as an object. */
  json?: boolean;
  /** How the value is stored (StateFunc). */
  normalize?: (value: string) => string;
  /** Values that differ only in spelling (DiffSuppressFunc). */
  equivalent?: (before: string, after: string) => boolean;
  /** What is wrong with a value; empty: nothing. */
  problems?: (value: PropertyValue) => string[];
  /** AWS may give another value with each update: nothing says before that it stays. */
  renewed?: boolean;
  /** The plugin's own switch, of which AWS knows nothing: reading cannot tell it. */
  local?: boolean;
}

/** The properties of a resource by their Pulumi names. */
export type Schema = Record<string, Property>;

/** One type of resource. The operations get and give properties in the shape of the schema. */
export interface ResourceDefinition {
  schema: Schema;
  /** Old and new cannot exist side by side. */
  deleteBeforeReplace?: boolean;
  /**
   * It is built on Terraform's plugin framework: its errors have no frame around them
   * (pulumi-terraform-bridge pkg/pf/tfbridge/provider_diagnostics.go).
   */
  framework?: boolean;
  /** What an id says of the resource, when the id is all there is: on import. */
  parseId(id: string): Properties;
  /** The id of what was read, where an import is given a longer one. */
  idOf?(state: Properties): string;
  /** Resolves to the id. */
  create(aws: AwsClients, planned: Properties): Promise<string>;
  /** Waits until what was created is ready. When this fails, the resource is there and failed. */
  settle?(aws: AwsClients, id: string, planned: Properties): Promise<void>;
  /** Resolves to undefined when it does not exist. `prior` is the state before. */
  read(aws: AwsClients, id: string, prior: Properties): Promise<Properties | undefined>;
  update(aws: AwsClients, id: string, before: Properties, planned: Properties): Promise<void>;
  /** What is gone already counts as deleted. */
  delete(aws: AwsClients, id: string, state: Properties): Promise<void>;
}

/** `tags` and `tagsAll` (internal/tags/tags.go: TagsSchema, TagsSchemaComputed). */
export const TAG_PROPERTIES = {
  tags: { terraformName: "tags", input: "optional" },
  tagsAll: { terraformName: "tags_all", input: "optional", computed: true },
} satisfies Schema;

/** A property that only AWS fills in. */
export function output(terraformName: string): Property {
  return { terraformName, computed: true };
}

/** The zero value of a type: Terraform's SDK cannot tell it from an absent property. */
export function isZero(value: PropertyValue | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** A string property, empty when absent. */
export function text(properties: Properties, key: string): string {
  const value = properties[key];
  return typeof value === "string" ? value : "";
}

/** A string property, undefined when absent or empty: what an AWS call takes for "not given". */
export function optionalText(properties: Properties, key: string): string | undefined {
  return text(properties, key) || undefined;
}

/** A property that is a list of strings. */
export function texts(properties: Properties, key: string): string[] {
  const value = properties[key];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
