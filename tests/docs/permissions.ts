import assert from "node:assert/strict";
import { readPage } from "./page";

/** One statement of an identity policy, as the page writes it. */
export interface PolicyStatement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource: string;
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface IdentityPolicy {
  Version: string;
  Statement: PolicyStatement[];
}

export type PolicyName = "irsa" | "pod-identity" | "agent" | "boundary";

const page = readPage("docs/permissions.md");

/** A policy of docs/permissions.md, for an account and for roles whose names begin so. */
export function policyOnPage(name: PolicyName, account: string, prefix: string): IdentityPolicy {
  const block = page.blocks.find(({ marker }) => marker === `policy: ${name}`);
  assert.ok(block, `docs/permissions.md has no policy ${name}`);
  const text = block.text.replaceAll("111122223333", account).replaceAll("role/app-*", `role/${prefix}*`);
  return JSON.parse(text) as IdentityPolicy;
}

/** The cluster roles of the page, as YAML. */
export function clusterRolesOnPage(): string {
  const block = page.blocks.find(({ marker }) => marker === "rbac");
  assert.ok(block, "docs/permissions.md has no cluster roles");
  return block.text;
}

/** The actions of statements. */
export function actionsOf(statements: PolicyStatement[]): string[] {
  return statements.flatMap(({ Action }) => Action);
}
