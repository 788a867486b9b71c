import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readCall, type Call } from "./call";
import { exchange, stream } from "./forward";
import { checkAddClientId, checkCreateProvider, renameDuplicate } from "./iamProviders";
import { checkCreateRole, checkUpdateAssumeRolePolicy, checkUpdateRole } from "./iamRoles";
import { refuseMissingPrincipals } from "./missingPrincipals";
import { answerPresigned } from "./presigned";
import { AwsError, errorAnswer, type Answer, type QueryParameters } from "./query";
import type { AuthParts } from "./podIdentity/auth";
import { answerRest, findRoute } from "./rest";
import { restRoutes } from "./restRoutes";
import { accessKeyIn } from "./users";
import { assumeRoleWithWebIdentity, type StsParts } from "./webIdentity";

export interface FrontParts extends StsParts, AuthParts {
  /** Most non-whitespace characters of a trust policy (IAM quota L-C07B4B0D). */
  trustPolicyQuota: number;
}

/** A running front. */
export interface Front {
  url: string;
  close: () => Promise<void>;
}

/** Answers one action of the query protocol; `forward` gives moto's answer to the same call. */
type QueryHandler = (
  parameters: QueryParameters,
  parts: FrontParts,
  forward: () => Promise<Answer>,
  call: Pick<Call, "incoming">,
) => Promise<Answer>;

/** Everything that is not simply moto's; add a line to add a behaviour. */
const queryRoutes: Record<string, QueryHandler> = {
  "sts:AssumeRoleWithWebIdentity": (parameters, parts) => assumeRoleWithWebIdentity(parameters, parts),
  "iam:CreateRole": async (parameters, { trustPolicyQuota, accounts }, forward) => {
    checkCreateRole(parameters, trustPolicyQuota);
    await refuseMissingPrincipals(parameters.get("AssumeRolePolicyDocument") ?? "", accounts);
    return forward();
  },
  "iam:UpdateRole": (parameters, _parts, forward) => {
    checkUpdateRole(parameters);
    return forward();
  },
  "iam:UpdateAssumeRolePolicy": async (parameters, { trustPolicyQuota, accounts }, forward) => {
    checkUpdateAssumeRolePolicy(parameters, trustPolicyQuota);
    await refuseMissingPrincipals(parameters.get("PolicyDocument") ?? "", accounts);
    return forward();
  },
  "iam:CreateOpenIDConnectProvider": async (parameters, _parts, forward) => {
    checkCreateProvider(parameters);
    return renameDuplicate(parameters, await forward());
  },
  "iam:CreateAccessKey": async (_parameters, { users, moto }, forward, { incoming }) => {
    const answer = await forward();
    const accessKeyId = accessKeyIn(incoming.headers.authorization);
    const admin = [moto.admin, ...moto.otherAdmins].find((one) => one.accessKeyId === accessKeyId);
    if (admin) users.remember(answer, admin);
    return answer;
  },
  "iam:DeleteAccessKey": async (parameters, { users }, forward) => {
    const answer = await forward();
    if (answer.status === 200) users.forget(parameters.get("AccessKeyId") ?? "");
    return answer;
  },
  "iam:AddClientIDToOpenIDConnectProvider": (parameters, _parts, forward) => {
    checkAddClientId(parameters);
    return forward();
  },
};

/** Starts the front on a free port of 127.0.0.1. */
export async function startFront(parts: FrontParts): Promise<Front> {
  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing, parts).catch((error: unknown) => {
      fail(outgoing, error);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function serve(incoming: IncomingMessage, outgoing: ServerResponse, parts: FrontParts): Promise<void> {
  const call = await readCall(incoming);
  const answer = await answerCall(call, parts);
  if (answer === undefined) {
    await stream(parts.moto.url, incoming, outgoing);
    return;
  }
  send(outgoing, answer);
}

/** The answer to a call that the front looks into; nothing for one that only passes through. */
async function answerCall(call: Call, parts: FrontParts): Promise<Answer | undefined> {
  if (call.query) return answerQuery(call, call.query, parts);
  const found = findRoute(restRoutes, call);
  return found && answerRest(call, found, parts);
}

async function answerQuery(
  { service, incoming }: Call,
  query: NonNullable<Call["query"]>,
  parts: FrontParts,
): Promise<Answer> {
  const { parameters, body } = query;
  const route = `${query.service}:${parameters.action ?? ""}`;
  try {
    if (service === undefined && route !== "sts:AssumeRoleWithWebIdentity") {
      return await answerPresigned(incoming, query, parts.moto);
    }
    const forward = () => exchange(parts.moto.url, incoming, body);
    const answer = queryRoutes[route] ?? ((_parameters, _parts, pass) => pass());
    return await answer(parameters, parts, forward, { incoming });
  } catch (error) {
    if (error instanceof AwsError) return errorAnswer(query.service, error);
    throw error;
  }
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  outgoing.writeHead(status, { ...headers, "content-length": String(Buffer.byteLength(body)) });
  outgoing.end(body);
}

/** A call that the front could not even read, or that broke on the way to moto. */
function fail(outgoing: ServerResponse, error: unknown): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  const refusal = error instanceof AwsError ? error : new AwsError("InternalFailure", message, 500);
  send(outgoing, errorAnswer("sts", refusal));
}
