import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

export const ISSUER = "https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B716D3041E";
export const CLUSTER = { name: "east", issuerUrl: ISSUER, kubeconfig: "apiVersion: v1" };
/** A cluster that no other test has: the plugin knows what its components own. */
export function clusterOf(id: string) {
  return { ...CLUSTER, issuerUrl: `https://oidc.eks.us-east-1.amazonaws.com/id/${id.toUpperCase()}` };
}
export const BINDINGS = [{ namespace: "default", name: "s3-reader" }];

/** A secret as it goes to and from the engine. */
export function secretly(value: JavaScriptValue) {
  return { [SIGNATURE]: SECRET, value };
}

/** An Output as the SDKs of other languages send it; undefined: it is not known yet. */
export function lately(
  value: JavaScriptValue | undefined,
  { secret = false, dependencies = [] as string[] } = {},
) {
  return {
    [SIGNATURE]: OUTPUT,
    ...(value !== undefined && { value }),
    ...(secret && { secret }),
    ...(dependencies.length > 0 && { dependencies }),
  };
}
