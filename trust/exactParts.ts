import { type CompiledTrust, compileTrust } from "./compiled";
import type { PolicyDocument } from "./document";
import type { TrustConditions } from "./extras";
import { extraConditions, type GeneratedStatement, readGenerated } from "./generated";
import { podIdentityClusters } from "./podIdentity";
import type { PlacedStatement } from "./podIdentityExact";
import { isForPodIdentity, readPodIdentity } from "./podIdentityGenerated";
import { ASSUME_ROLE, podCaller, PODS_SERVICE, TAG_SESSION } from "./podIdentityRequest";
import { includesCaller, mayHaveKind, serviceCaller } from "./principals";
import { IdentityMode, WEB_IDENTITY_ACTION, type TrustedCluster } from "./types";

/** What a trust policy has beside the statements for its clusters. */
export interface ExactOptions {
  /** Conditions that each generated statement for web identities must have beside its own. Default: none. */
  conditions?: TrustConditions;
  /** The same for the statements for Pod Identity. Default: none. */
  podIdentityConditions?: TrustConditions;
  /** How many statements for principals of IAM stand at the document's end. Default: none. */
  statements?: number;
}

/** A document that is understood. */
export interface Parts {
  generated: GeneratedStatement[];
  podIdentity: PlacedStatement[];
  /** The document's own statements, those for web identities without the extra conditions. */
  compiled: CompiledTrust;
}

/** What is in a document that the argument does not cover. */
export interface Unclear {
  reason: string;
  identity?: IdentityMode;
}
export const UNREADABLE: Unclear = { reason: "the document cannot be read" };

/** Takes a document apart. */
export function partsOf(
  { statements, variables }: PolicyDocument,
  clusters: TrustedCluster[],
  { conditions = {}, podIdentityConditions = {}, statements: extras = 0 }: ExactOptions,
): Parts | Unclear {
  const firstExtra = Math.max(0, statements.length - extras);
  const extra = extraConditions(conditions);
  const generated: GeneratedStatement[] = [];
  const podIdentity: PlacedStatement[] = [];
  const own: unknown[] = [];
  for (const [index, statement] of statements.slice(0, firstExtra).entries()) {
    const forPods = isForPodIdentity(statement);
    const read = forPods
      ? readPodIdentity(statement, podIdentityConditions)
      : readGenerated(statement, extra);
    if (typeof read === "string") {
      return {
        reason: `statement ${index}: ${read}`,
        ...(forPods && { identity: IdentityMode.PodIdentity }),
      };
    }
    if ("evidence" in read) podIdentity.push({ index, statement: read });
    else generated.push(read);
    own.push("evidence" in read ? statement : read.withoutExtras);
  }
  const beside = compileTrust({ variables, statements: statements.slice(firstExtra) });
  const reaching = reachedBeside(beside, clusters, firstExtra);
  return reaching ?? { generated, podIdentity, compiled: compileTrust({ variables, statements: own }) };
}

/** Says of an extra statement that it may be about those whom the bindings are for, whatever its conditions say. */
function reachedBeside(
  beside: CompiledTrust,
  clusters: TrustedCluster[],
  firstExtra: number,
): Unclear | undefined {
  const web = beside.statements.find(
    ({ principals, covers }) => mayHaveKind(principals, "Federated") && covers(WEB_IDENTITY_ACTION) !== false,
  );
  if (web) {
    return { reason: `statement ${firstExtra + web.index}: may admit web identities beside the bindings` };
  }
  const byRole = new Map(
    podIdentityClusters(clusters).map(({ podIdentity }) => [podIdentity.baseRoleArn, podCaller(podIdentity)]),
  );
  for (const caller of [serviceCaller(PODS_SERVICE), ...byRole.values()]) {
    // What cannot be read is told of with the bindings.
    if (typeof caller === "string") continue;
    const reaching = beside
      .about(caller)
      .find(
        ({ principals, covers }) =>
          includesCaller(principals, caller) !== false &&
          [ASSUME_ROLE, TAG_SESSION].some((action) => covers(action) !== false),
      );
    if (reaching) {
      const reason = `statement ${firstExtra + reaching.index}: may admit Pod Identity beside the bindings`;
      return { reason, identity: IdentityMode.PodIdentity };
    }
  }
  return undefined;
}
