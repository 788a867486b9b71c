import { ListValue, NullValue, Struct, Value } from "google-protobuf/google/protobuf/struct_pb";

/** Stands for a value that is not known before the deployment runs. */
export const UNKNOWN: unique symbol = Symbol("unknown");

/** A value that must not be shown. Only a plugin that accepts secrets gets them; any plugin may return them. */
export class Secret {
  constructor(readonly value: PropertyValue) {}
}

/** What a resource property can hold here: JSON, or {@link UNKNOWN} or a {@link Secret} at any depth. */
export type PropertyValue =
  | null
  | boolean
  | number
  | string
  | typeof UNKNOWN
  | Secret
  | PropertyValue[]
  | { [key: string]: PropertyValue };

/** The properties of a resource, an invoke or a provider. A key without a value is absent, never null. */
export type Properties = Record<string, PropertyValue>;

/** A map, as opposed to a list or a scalar. */
export function isProperties(value: unknown): value is Properties {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** Is anything unknown in here, at any depth? */
export function containsUnknown(value: PropertyValue | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (value instanceof Secret) return containsUnknown(value.value);
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isProperties(value) && Object.values(value).some(containsUnknown);
}

// The wire's markers: https://github.com/pulumi/pulumi/blob/v3.258.0/pkg/resource/plugin/rpc.go (Unknown*Value)
// and https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/resource/sig/sig.go.
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWN_MARKERS = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);
/** The key that marks a map as something other than a map. */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Properties as they came over the wire, nulls dropped, secrets unwrapped unless they are wanted. */
export function fromStruct(struct: Struct | undefined, keepSecrets = false): Properties {
  const map: Properties = {};
  struct?.getFieldsMap().forEach((value: Value, key: string) => {
    const decoded = fromValue(value, keepSecrets);
    if (decoded !== null) map[key] = decoded;
  });
  return map;
}

function fromValue(value: Value, keepSecrets: boolean): PropertyValue {
  switch (value.getKindCase()) {
    case Value.KindCase.BOOL_VALUE:
      return value.getBoolValue();
    case Value.KindCase.NUMBER_VALUE:
      return value.getNumberValue();
    case Value.KindCase.STRING_VALUE: {
      const text = value.getStringValue();
      return UNKNOWN_MARKERS.has(text) ? UNKNOWN : text;
    }
    case Value.KindCase.LIST_VALUE:
      return (value.getListValue()?.getValuesList() ?? []).map((item) => fromValue(item, keepSecrets));
    case Value.KindCase.STRUCT_VALUE:
      return unwrap(fromStruct(value.getStructValue(), keepSecrets), keepSecrets);
    default:
      return null;
  }
}

function unwrap(map: Properties, keepSecrets: boolean): PropertyValue {
  switch (map[SIGNATURE]) {
    case SECRET_SIGNATURE: {
      const content = map.value ?? null;
      return keepSecrets ? new Secret(content) : content;
    }
    case OUTPUT_SIGNATURE:
      return map.value ?? UNKNOWN;
    default:
      return map;
  }
}

/** Properties for the wire. A key whose value is undefined is left out, as in JSON. */
export function toStruct(properties: Record<string, unknown>): Struct {
  const struct = new Struct();
  const fields = struct.getFieldsMap();
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) fields.set(key, toValue(value));
  }
  return struct;
}

function toValue(value: unknown): Value {
  const wire = new Value();
  if (value === UNKNOWN) wire.setStringValue(UNKNOWN_STRING);
  else if (typeof value === "boolean") wire.setBoolValue(value);
  else if (typeof value === "number") wire.setNumberValue(value);
  else if (typeof value === "string") wire.setStringValue(value);
  else if (Array.isArray(value)) wire.setListValue(new ListValue().setValuesList(value.map(toValue)));
  else if (value instanceof Secret)
    wire.setStructValue(toStruct({ [SIGNATURE]: SECRET_SIGNATURE, value: value.value }));
  else if (isProperties(value)) wire.setStructValue(toStruct(value));
  else wire.setNullValue(NullValue.NULL_VALUE);
  return wire;
}
