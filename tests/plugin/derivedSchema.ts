import { createRequire } from "node:module";
import * as ts from "typescript";
import packageJson from "../../package.json";
import { OF_ONE_ROLE } from "../../components/fleetOutputs";
import { ROOT } from "../support/root";

// The analyzer is experimental, and its declarations want a compiler of their own.
const load = createRequire(__filename);
const { Analyzer } = load("@pulumi/pulumi/provider/experimental/analyzer") as { Analyzer: AnalyzerClass };
const { generateSchema } = load("@pulumi/pulumi/provider/experimental/schema") as {
  generateSchema: (...args: unknown[]) => PackageSchema;
};

export interface PropertySchema {
  type?: string;
  $ref?: string;
  description?: string;
  optional?: boolean;
  plain?: boolean;
  secret?: boolean;
  items?: PropertySchema;
  additionalProperties?: PropertySchema;
}
export type PropertySchemas = Record<string, PropertySchema>;
export interface TypeSchema {
  type: string;
  description?: string;
  enum?: { name: string; value: string; description?: string }[];
  properties?: PropertySchemas;
  required?: string[];
}
export interface ResourceSchema extends TypeSchema {
  inputProperties: PropertySchemas;
  requiredInputs: string[];
  isComponent: boolean;
}
export interface PackageSchema {
  name: string;
  description: string;
  types: Record<string, TypeSchema>;
  resources: Record<string, ResourceSchema>;
  [field: string]: unknown;
}

interface Analysis {
  components: unknown;
  typeDefinitions: unknown;
  dependencies: unknown;
}
type AnalyzerClass = new (
  folder: string,
  name: string,
  manifest: object,
  components: Set<string>,
) => { program: ts.Program; analyze(): Analysis };

export const COMPONENTS = [
  "ClusterOidcProvider",
  "FleetOidcProviders",
  "IrsaRole",
  "IrsaServiceAccount",
  "MultiClusterIrsa",
];

/** The schema that Pulumi's analyzer reads out of the sources, with what it leaves out. It has no version: the plugin adds the package's. */
export function derivedSchema(): PackageSchema {
  const { name, description } = packageJson;
  const analyzer = new Analyzer(ROOT, name, packageJson, new Set(COMPONENTS));
  const { components, typeDefinitions, dependencies } = analyzer.analyze();
  const schema = generateSchema(name, "0.0.0", description, components, typeDefinitions, dependencies);
  return completed(schema, typeDescriptions(analyzer.program));
}

/** The docstrings of types, by name. The analyzer reads those of some files only, and passes none on. */
function typeDescriptions(program: ts.Program): Map<string, string> {
  const declarations = program
    .getSourceFiles()
    .filter(({ fileName }) => !fileName.includes("/node_modules/"))
    .flatMap(({ statements }) => [...statements])
    .filter((statement) => ts.isInterfaceDeclaration(statement) || ts.isEnumDeclaration(statement));
  return new Map(
    declarations.flatMap((declaration) => {
      const [doc] = ts.getJSDocCommentsAndTags(declaration);
      const text = ts.getTextOfJSDocComment(doc?.comment);
      return text === undefined ? [] : [[declaration.name.text, text] as const];
    }),
  );
}

/** Adds what users of other languages see of a package, and what the analyzer cannot know. */
function completed(schema: PackageSchema, told: Map<string, string>): PackageSchema {
  const { name, description, language, resources, types } = schema;
  const { license, keywords } = packageJson;
  const typed = Object.entries(types).map(([token, type]) => {
    const text = told.get(token.split(":")[2] ?? "");
    return [token, { ...complete(type), ...(text && { description: unlinked(text) }) }] as const;
  });
  const made = Object.entries(resources).map(([token, resource]) => {
    const inputProperties = propertiesOf(resource.inputProperties);
    const required = (resource.required ?? []).filter(
      (property) => !(token.endsWith(":MultiClusterIrsa") && OF_ONE_ROLE.includes(property)),
    );
    return [token, { ...complete(resource), inputProperties, required }] as const;
  });
  return {
    name,
    displayName: "EKS IRSA for many clusters",
    description,
    keywords: [...keywords, "category/cloud", "kind/component"],
    license,
    language,
    types: Object.fromEntries(typed),
    resources: Object.fromEntries(made),
  };
}

function complete<T extends TypeSchema>(type: T): T {
  const { description, properties } = type;
  return {
    ...type,
    ...(description && { description: unlinked(description) }),
    ...(properties && { properties: propertiesOf(properties) }),
    ...(type.enum && {
      enum: type.enum.map((value) => ({ ...value, description: unlinked(value.description ?? "") })),
    }),
  };
}

function propertiesOf(properties: PropertySchemas): PropertySchemas {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      // A kubeconfig often has a token in it: it is a secret wherever it stands.
      { ...propertyOf(property), ...(name === "kubeconfig" && { secret: true }) },
    ]),
  );
}

function propertyOf({ optional: _, ...property }: PropertySchema): PropertySchema {
  const { type, description, items, additionalProperties } = property;
  return {
    ...property,
    // Every number of this package is a whole one.
    ...(type === "number" && { type: "integer" }),
    ...(description && { description: unlinked(description) }),
    ...(items && { items: propertyOf(items) }),
    ...(additionalProperties && { additionalProperties: propertyOf(additionalProperties) }),
  };
}

/** Without the marks of a docstring's links, which other languages do not know. */
function unlinked(text: string): string {
  return text.replace(/\{@link ([^}]+)\}/g, "`$1`");
}
