import * as pulumi from "@pulumi/pulumi";

/** What the schema says of a value: `plain` is what decides how many resources there are, and what they are called. */
interface ValueSchema {
  $ref?: string;
  plain?: boolean;
  items?: ValueSchema;
  additionalProperties?: ValueSchema;
}
interface TypeSchema {
  properties?: Properties;
}
type Properties = Record<string, ValueSchema>;

/** The list or map that a value stood in when it came: an Output as a whole, known or not. */
type Origin = { output: pulumi.Output<unknown>; known: boolean; secret: boolean } | undefined;

/** The parts of an Output that its declarations leave out. */
interface Late {
  isKnown: Promise<boolean>;
  isSecret: Promise<boolean>;
  promise(withUnknowns: boolean): Promise<unknown>;
}

/**
 * A component's arguments as a TypeScript program would write them, out of what came from another language. What has to be plain and
 * came as an Output is taken out of it where it is known, such as a whole list of clusters that another stack exports; what is in it
 * stays late, and secret, where it may be. What is not known stays as it is, and the component's checks tell of it. A property that is
 * null in another language is left out.
 */
export async function argumentsOf(
  inputs: object,
  { properties }: { properties: object },
  types: object,
): Promise<Record<string, unknown>> {
  const reader = new Reader(types as Record<string, TypeSchema>);
  return await reader.record(inputs as Record<string, unknown>, properties as Properties, undefined);
}

class Reader {
  constructor(private readonly types: Record<string, TypeSchema>) {}

  /** @param keepsNull tells of null instead of leaving it out: an operator without its keys would be a condition less. */
  async record(values: Record<string, unknown>, properties: Properties, origin: Origin, keepsNull = false) {
    const read = Object.entries(values).map(async ([key, value]) => {
      const schema = Object.hasOwn(properties, key) ? properties[key] : undefined;
      return [key, schema && isThere(value) ? await this.value(value, schema, origin) : value] as const;
    });
    const entries = await Promise.all(read);
    return Object.fromEntries(entries.filter(([, value]) => isThere(value) || (keepsNull && value === null)));
  }

  private async value(value: unknown, schema: ValueSchema, origin: Origin): Promise<unknown> {
    if (pulumi.isUnknown(value)) {
      return pulumi.output(value);
    }
    if (schema.plain !== true) {
      return pulumi.Output.isInstance(value) ? value : late(value, origin);
    }
    if (pulumi.Output.isInstance(value)) {
      const { isKnown, isSecret } = value as unknown as Late;
      const [known, secret] = await Promise.all([isKnown, isSecret]);
      // Some of it may be known, and that will do if it is what has to be.
      const inside = await (value as unknown as Late).promise(true);
      return isListOrMap(inside) || known
        ? await this.parts(inside, schema, { output: value, known, secret })
        : value;
    }
    return await this.parts(value, schema, origin);
  }

  private async parts(value: unknown, schema: ValueSchema, origin: Origin): Promise<unknown> {
    const { items, additionalProperties, $ref } = schema;
    if (Array.isArray(value)) {
      return items ? await Promise.all(value.map((entry) => this.value(entry, items, origin))) : value;
    }
    if (!isListOrMap(value)) {
      return value;
    }
    if (additionalProperties) {
      const properties = Object.fromEntries(Object.keys(value).map((key) => [key, additionalProperties]));
      return await this.record(value, properties, origin, additionalProperties.plain === true);
    }
    const type = this.types[$ref?.replace("#/types/", "") ?? ""];
    return type?.properties ? await this.record(value, type.properties, origin) : value;
  }
}

/** A value that may be late, which is as secret as what it came in, and depends on the same resources. */
function late(value: unknown, origin: Origin): unknown {
  if (origin === undefined) {
    return value;
  }
  if (origin.known) {
    return origin.output.apply(() => value);
  }
  return origin.secret ? pulumi.secret(value) : pulumi.output(value);
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/** A list or a map of values, and not one that stands for something else. */
function isListOrMap(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    !pulumi.isUnknown(value) &&
    !pulumi.Output.isInstance(value) &&
    !pulumi.Resource.isInstance(value) &&
    !pulumi.asset.Asset.isInstance(value) &&
    !pulumi.asset.Archive.isInstance(value)
  );
}
