import { CreateRoleCommand } from "@aws-sdk/client-iam";
import { iamClient } from "../../../lab/aws/clients";
import { accountId, type MiniStack, startMiniStack } from "../../../lab/ministack";
import { cacheRoot } from "../../../lab/setup/cache";
import { atMost } from "../../../lab/setup/limit";
import { createProgress } from "../../../lab/setup/progress";
import { miniStack, providePython } from "../../../lab/setup/python";
import type { Question } from "./questions";

export type Answer = "allow" | "deny";

/** MiniStack as a judge of trust policies: it is given roles, and asked for sessions of them. */
export interface Judge {
  /** Whom a role with this trust policy admits, in the order of the questions. */
  ask: (policy: object, questions: readonly Question[]) => Promise<Answer[]>;
  stop: () => Promise<void>;
}

/** The Python that has MiniStack, made now if it is missing. */
export function miniStackPython(): Promise<string> {
  const context = { root: cacheRoot(), env: process.env, progress: createProgress() };
  return providePython({ ...context, buildSlot: (work) => work() }, miniStack);
}

/** Starts MiniStack. What is said of its code here and below is so in version 1.5.33. */
export async function startJudge(): Promise<Judge> {
  const server = await startMiniStack(await miniStackPython());
  const iam = iamClient(server);
  const oneOfFew = atMost(8);
  let roles = 0;
  return {
    // The OIDC providers are not made: it does not look whether they are there, nor at their client IDs
    // (ministack/services/sts.py, _web_identity_trust_denied).
    async ask(policy, questions) {
      const RoleName = `role-${++roles}`;
      const AssumeRolePolicyDocument = JSON.stringify(policy);
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }));
      return Promise.all(questions.map((question) => oneOfFew(() => assumeRole(server, RoleName, question))));
    },
    async stop() {
      iam.destroy();
      await server.stop();
    },
  };
}

/** AssumeRoleWithWebIdentity, as a pod sends it: nobody signs it. */
async function assumeRole(server: MiniStack, role: string, question: Question): Promise<Answer> {
  const [, partition = ""] = question.oidcProviderArn.split(":");
  const response = await fetch(server.endpointUrl, {
    method: "POST",
    body: new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      // It takes the partition of the token's provider from here (sts.py, _web_identity_principal). One role is asked for by
      // as many ARNs as its fleet has partitions, which in AWS is always one.
      RoleArn: `arn:${partition}:iam::${accountId}:role/${role}`,
      RoleSessionName: "second-opinion",
      WebIdentityToken: tokenOf(question),
    }),
  });
  const text = await response.text();
  if (response.status === 200 && text.includes("<SessionToken>")) return "allow";
  if (response.status === 403 && text.includes("<Code>AccessDenied</Code>")) return "deny";
  throw new Error(`MiniStack answered ${response.status}: ${text}`);
}

/**
 * A token without a signature, for MiniStack does not check it (sts.py, _web_identity_principal). EKS writes `aud` as a list of
 * one; MiniStack would compare the list's own text with the policy's value (core/iam_evaluator.py,
 * _evaluate_single_condition, where no set operator stands), so here it is a string.
 */
function tokenOf({ oidcProviderArn, subject, audience }: Question): string {
  const issuer = `https://${oidcProviderArn.slice(oidcProviderArn.indexOf("/") + 1)}`;
  const parts = [{ alg: "none" }, { iss: issuer, sub: subject, aud: audience }];
  return `${parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`;
}
