import type { Deployment } from "@pulumi/pulumi/automation";
import type { Fleet } from "./fleet";
import { clusterOfIssuer } from "./reality";
import type { Resource, Resources } from "./resources";

/** A resource as an exported checkpoint has it. */
interface Recorded {
  urn: string;
  type: string;
  custom: boolean;
  id?: string;
  /** It is to be deleted in the next operation, since another has taken its place. */
  delete?: boolean;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
}

interface Checkpoint {
  resources?: Recorded[];
  pending_operations?: { type: string; resource: Recorded }[];
}

type Reader = (recorded: Recorded, fleet: Fleet) => [string, Resource];

/** How a resource of each type is named and what of it is compared. */
const READERS: Record<string, Reader> = {
  "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ({ outputs = {} }, { issuers }) => [
    `OIDC provider ${clusterOfIssuer(issuers, text(outputs.arn)) ?? "of a foreign issuer"}`,
    {
      content: {
        arn: outputs.arn,
        clientIds: outputs.clientIdLists,
        thumbprints: outputs.thumbprintLists,
        tags: outputs.tagsAll,
      },
    },
  ],
  "aws:iam/role:Role": ({ outputs = {} }) => [
    `role ${text(outputs.name)}`,
    {
      content: {
        trustPolicy: JSON.parse(text(outputs.assumeRolePolicy)) as unknown,
        path: outputs.path,
        description: outputs.description ?? "",
        maxSessionDuration: outputs.maxSessionDuration,
      },
    },
  ],
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": ({ outputs = {} }) => [
    `attachment ${text(outputs.policyArn)} of ${text(outputs.role)}`,
    { content: {} },
  ],
  "aws:iam/rolePolicy:RolePolicy": ({ outputs = {} }) => [
    `inline policy ${text(outputs.name)} of ${text(outputs.role)}`,
    { content: JSON.parse(text(outputs.policy)) as unknown },
  ],
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": ({ id = "", outputs = {} }) => [
    `association ${text(outputs.clusterName)}/${text(outputs.namespace)}/${text(outputs.serviceAccount)}`,
    { content: { id, roleArn: outputs.roleArn, tags: outputs.tagsAll } },
  ],
  "kubernetes:core/v1:ServiceAccount": (recorded, fleet) => objectOf("ServiceAccount", recorded, fleet),
  "kubernetes:core/v1:Pod": (recorded, fleet) => objectOf("Pod", recorded, fleet),
};

/** What a checkpoint says that there is. A provider and a component are in the state and nowhere else. */
export function recordedOf({ deployment }: Deployment, fleet: Fleet): Resources {
  const { resources = [] } = deployment as Checkpoint;
  const real = resources.filter(({ custom, type }) => custom && !type.startsWith("pulumi:"));
  return new Map(
    real.map((recorded) => {
      const read = READERS[recorded.type];
      if (read === undefined)
        throw new Error(`a ${recorded.type} cannot be compared: see lab/chaos/checkpoint.ts`);
      return read(recorded, fleet);
    }),
  );
}

/** What an operation left unfinished in a checkpoint, a line each. */
export function unfinished({ deployment }: Deployment): string[] {
  const { resources = [], pending_operations: pending = [] } = deployment as Checkpoint;
  return [
    ...pending.map(({ type, resource }) => `${resource.urn} was interrupted while ${type}`),
    ...resources.filter((one) => one.delete).map(({ urn }) => `${urn} is still to be deleted`),
  ];
}

/** Names of all that a checkpoint holds, providers and components too. */
export function urnsOf({ deployment }: Deployment): string[] {
  return ((deployment as Checkpoint).resources ?? []).map(({ urn }) => urn);
}

/** `urn:…$kubernetes:core/v1:ServiceAccount::<component>/<cluster>/<namespace>/<name>` */
function objectOf(kind: string, { urn, outputs = {} }: Recorded, { project }: Fleet): [string, Resource] {
  const [, cluster = ""] = urn.slice(urn.lastIndexOf("::") + 2).split("/");
  const metadata = (outputs.metadata ?? {}) as Record<string, unknown>;
  return [
    `${kind} ${cluster}/${text(metadata.namespace ?? project)}/${text(metadata.name)}`,
    { content: { annotations: metadata.annotations ?? {}, labels: metadata.labels ?? {} } },
  ];
}

function text(value: unknown): string {
  if (typeof value !== "string")
    throw new Error(`a text was expected in the state: ${JSON.stringify(value)}`);
  return value;
}
