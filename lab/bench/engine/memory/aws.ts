import { EKSClient, ResourceNotFoundException } from "@aws-sdk/client-eks";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { AwsError } from "../../../plugins/aws/errors";
import type { AwsClients } from "../../../plugins/aws/clients";
import { ACCOUNT, REGION } from "../../fleet/fleet";

type Fields = Record<string, unknown>;
type Answers = Record<string, (input: Fields) => Fields>;

/** An account that is a few maps: it answers the calls by which the fleet's resources are made and read. */
export function memoryAccount(): AwsClients {
  const eks = answering(new EKSClient(NOBODY), eksAnswers());
  return {
    region: REGION,
    providerConfig: {},
    iam: answering(new IAMClient(NOBODY), iamAnswers()),
    sts: answering(new STSClient(NOBODY), {
      GetCallerIdentityCommand: () => ({
        Account: ACCOUNT,
        Arn: `arn:aws:iam::${ACCOUNT}:user/deployer`,
        UserId: "AIDAEXAMPLE",
      }),
    }),
    s3: answering(new S3Client(NOBODY), {}),
    eks: () => eks,
  };
}

const NOBODY = { region: REGION, credentials: { accessKeyId: "memory", secretAccessKey: "memory" } };

/** The SDK's own client, which is what its paginators want, with answers of ours in the place of the network. */
function answering<Client extends object>(client: Client, answers: Answers): Client {
  const send = (command: { input: Fields }): Promise<Fields> => {
    const name = command.constructor.name;
    const answer = answers[name];
    return answer === undefined
      ? Promise.reject(new Error(`the account in memory has no answer to ${name}`))
      : Promise.resolve().then(() => answer(command.input));
  };
  return Object.assign(client, { send });
}

function iamAnswers(): Answers {
  const roles = new Map<unknown, Fields>();
  const attached = new Map<unknown, unknown[]>();
  const providers = new Map<unknown, Fields>();
  return {
    CreateRoleCommand: (input) => {
      const Role = {
        ...input,
        Path: "/",
        Arn: `arn:aws:iam::${ACCOUNT}:role/${String(input.RoleName)}`,
        RoleId: "AROAEXAMPLEEXAMPLEEX",
        CreateDate: new Date(0),
        AssumeRolePolicyDocument: encodeURIComponent(String(input.AssumeRolePolicyDocument)),
      };
      roles.set(input.RoleName, Role);
      return { Role };
    },
    GetRoleCommand: ({ RoleName }) => ({ Role: known(roles, RoleName) }),
    AttachRolePolicyCommand: ({ RoleName, PolicyArn }) => {
      attached.set(RoleName, [...(attached.get(RoleName) ?? []), PolicyArn]);
      return {};
    },
    ListAttachedRolePoliciesCommand: ({ RoleName }) => ({
      AttachedPolicies: (attached.get(RoleName) ?? []).map((PolicyArn) => ({ PolicyArn })),
    }),
    ListRolePoliciesCommand: () => ({ PolicyNames: [] }),
    CreateOpenIDConnectProviderCommand: (input) => {
      const host = String(input.Url).replace("https://", "");
      const arn = `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`;
      // IAM finds the thumbprint by itself.
      providers.set(arn, {
        ...input,
        Url: host,
        ThumbprintList: ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"],
      });
      return { OpenIDConnectProviderArn: arn };
    },
    GetOpenIDConnectProviderCommand: ({ OpenIDConnectProviderArn: arn }) => known(providers, arn),
  };
}

function known(things: Map<unknown, Fields>, id: unknown): Fields {
  const thing = things.get(id);
  if (thing === undefined) throw new AwsError(`${String(id)} not found`, "NoSuchEntity");
  return thing;
}

function eksAnswers(): Answers {
  const addons = new Map<string, Fields>();
  const associations = new Map<unknown, Fields>();
  return {
    CreateAddonCommand: (input) => {
      const addon = {
        ...input,
        status: "ACTIVE",
        addonVersion: "v1.3.10-eksbuild.2",
        addonArn: `arn:aws:eks:${REGION}:${ACCOUNT}:addon/${String(input.clusterName)}/agent`,
        createdAt: new Date(0),
        modifiedAt: new Date(0),
      };
      addons.set(`${String(input.clusterName)}:${String(input.addonName)}`, addon);
      return { addon };
    },
    DescribeAddonCommand: ({ clusterName, addonName }) => ({
      addon: found(addons.get(`${String(clusterName)}:${String(addonName)}`)),
    }),
    CreatePodIdentityAssociationCommand: (input) => {
      const associationId = `a-${String(associations.size).padStart(17, "0")}`;
      const associationArn = `arn:aws:eks:${REGION}:${ACCOUNT}:podidentityassociation/${String(input.clusterName)}/${associationId}`;
      const association = { ...input, associationId, associationArn, disableSessionTags: false };
      associations.set(associationId, association);
      return { association };
    },
    DescribePodIdentityAssociationCommand: ({ associationId }) => ({
      association: found(associations.get(associationId)),
    }),
  };
}

function found(thing: Fields | undefined): Fields {
  if (thing === undefined) throw new ResourceNotFoundException({ message: "not found", $metadata: {} });
  return thing;
}
