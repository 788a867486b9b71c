import { createHash, randomBytes } from "node:crypto";

/**
 * A prefix and some hexadecimal digits. The same seed gives the same name, so that a preview and its update agree, which
 * is all that matters of https://github.com/pulumi/pulumi/blob/v3.258.0/sdk/go/common/resource/resource_id.go
 * (NewUniqueName): its own digits come from another generator.
 */
export function uniqueName(prefix: string, randomSeed: Uint8Array, digits: number): string {
  const source =
    randomSeed.length === 0
      ? randomBytes(32)
      : createHash("sha256").update(prefix).update(randomSeed).digest();
  return prefix + source.toString("hex").slice(0, digits);
}
