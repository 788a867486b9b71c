import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { isProperties, SIGNATURE, type Properties, type PropertyValue } from "./values";

// https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/resource/sig/sig.go (AssetSig)
const ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17";

/** Is this property an asset (a text, a file or a URI given as one)? It travels as a map with a signature. */
export function isAsset(value: PropertyValue | undefined): value is Properties {
  return isProperties(value) && value[SIGNATURE] === ASSET_SIGNATURE;
}

/** The content of an asset. Assets behind any other URI than file: are not fetched: nothing here leaves the machine. */
export async function readAsset(asset: Properties): Promise<Buffer> {
  const { text, path, uri } = asset;
  if (typeof text === "string") return Buffer.from(text);
  if (typeof path === "string") return readFile(path);
  if (typeof uri === "string" && uri.startsWith("file:")) return readFile(fileURLToPath(uri));
  throw new Error(
    `an asset must be a text or a file here, and not ${typeof uri === "string" ? uri : "empty"}`,
  );
}
