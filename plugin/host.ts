import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { inRemoteProgram } from "../components/programs";
import {
  ClusterOidcProvider,
  FleetOidcProviders,
  IrsaRole,
  IrsaServiceAccount,
  MultiClusterIrsa,
} from "../index";
import { tellWithoutStack, withoutValues } from "./errors";
import { argumentsOf } from "./inputs";
import { programRoot } from "./program";
import * as schema from "./schema.json";

type Component = new (
  name: string,
  args: never,
  opts: pulumi.ComponentResourceOptions,
) => pulumi.ComponentResource;

/** The components that other languages have, by type. */
const COMPONENTS = new Map<string, Component>(
  Object.entries({
    ClusterOidcProvider,
    FleetOidcProviders,
    IrsaRole,
    IrsaServiceAccount,
    MultiClusterIrsa,
  }).map(([name, component]) => [`${schema.name}:index:${name}`, component]),
);

/** Serves the package as a plugin to the engine that started this process; the plugin's address goes to standard output. */
export async function serve(args: string[] = process.argv.slice(2)): Promise<void> {
  // Before anybody else hears of an error.
  tellWithoutStack();
  const version = packageVersion();
  await pulumi.provider.main({ version, schema: JSON.stringify({ ...schema, version }), construct }, args);
}

async function construct(
  name: string,
  type: string,
  inputs: pulumi.Inputs,
  opts: pulumi.ComponentResourceOptions,
): Promise<pulumi.provider.ConstructResult> {
  const Made = COMPONENTS.get(type);
  if (Made === undefined) {
    throw new pulumi.RunError(
      `${type} is no component of ${schema.name}: it has ${[...COMPONENTS.keys()].join(", ")}`,
    );
  }
  const { inputProperties } = resourceSchema(type);
  const args = await argumentsOf(inputs, { properties: inputProperties }, schema.types);
  const parent = await valueOf(opts.parent?.urn);
  const program = { root: programRoot(), component: `${type} ${name} ${parent ?? ""}` };
  try {
    const made = inRemoteProgram(program, () => new Made(name, args as never, opts));
    return { urn: made.urn, state: outputsOf(made, type) };
  } catch (error) {
    throw withoutValues(error);
  }
}

function valueOf<T>(known: pulumi.Output<T> | undefined): Promise<T | undefined> {
  return new Promise((resolve) => {
    if (known === undefined) resolve(undefined);
    else known.apply(resolve);
  });
}

function resourceSchema(type: string) {
  return schema.resources[type as keyof typeof schema.resources];
}

/** What the schema lists of a component. What there is not, as with shards, is not even to be read. */
function outputsOf(made: object, type: string): pulumi.Inputs {
  const { properties } = resourceSchema(type);
  return Object.fromEntries(Object.entries(made).filter(([property]) => Object.hasOwn(properties, property)));
}

/** The version in package.json, two folders up from where this is built to. */
function packageVersion(): string {
  const file = join(__dirname, "..", "..", "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
