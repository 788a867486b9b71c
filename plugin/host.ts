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
import { tellOnce, tellWithoutStack, withoutValues } from "./errors";
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
  const provider = { version, schema: JSON.stringify({ ...schema, version }), construct };
  await tellOnce(() => pulumi.provider.main(provider, args));
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
    const repaired = await withWholeDeletedWith(opts);
    const made = inRemoteProgram(program, () => new Made(name, args as never, repaired));
    return { urn: made.urn, state: outputsOf(made, type) };
  } catch (error) {
    throw withoutValues(error);
  }
}

/**
 * The options with the URN of `deletedWith` as it came: the SDK's server takes it for a reference to a provider, an id behind it, and so
 * takes the name off. The engine refuses what is left.
 */
async function withWholeDeletedWith(
  opts: pulumi.ComponentResourceOptions,
): Promise<pulumi.ComponentResourceOptions> {
  const { deletedWith } = opts;
  if (!(deletedWith instanceof pulumi.DependencyProviderResource)) {
    return opts;
  }
  const [urn, name] = await Promise.all([valueOf(deletedWith.urn), valueOf(deletedWith.id)]);
  return { ...opts, deletedWith: new pulumi.DependencyResource(`${urn ?? ""}::${name ?? ""}`) };
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
