import assert from "node:assert/strict";
import type { TrustStatement } from "../../index";

/** The one OIDC provider of a statement. */
export function federatedOf({ Principal }: TrustStatement): string {
  const { Federated } = Principal;
  assert.ok(typeof Federated === "string", "a statement with one OIDC provider");
  return Federated;
}
