import assert from "node:assert/strict";
import { DEFAULTS, trustFaults, type TrustRules } from "../../examples/policy-pack/rules";
import { trustedFleet } from "./fleet";

/** The OIDC provider of a cluster, and the issuer that keys begin with. */
export const ARN = trustedFleet(1)[0]!.oidcProviderArn;
export const HOST = ARN.split("oidc-provider/")[1]!;

export const document = (...statements: unknown[]) => ({ Version: "2012-10-17", Statement: statements });

/** What the policy pack's rules find in a document, which is given them as text. */
export function faultsOf(document: unknown, rules: Partial<TrustRules> = {}): string[] {
  const text = typeof document === "object" ? JSON.stringify(document) : document;
  return trustFaults(text, { ...DEFAULTS, ...rules });
}

/** They find one thing. */
export function only(document: unknown, message: RegExp, rules?: Partial<TrustRules>): void {
  const faults = faultsOf(document, rules);
  assert.equal(faults.length, 1, faults.join("\n"));
  assert.match(faults[0]!, message);
}
