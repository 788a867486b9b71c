import { Gate } from "../../lab/chaos/gate";

/** Stands before AWS and keeps which actions were called through it. */
export interface ActionGate {
  url: string;
  /** As identity policies name them: `iam:CreateRole`. */
  actions: () => ReadonlySet<string>;
  close: () => Promise<void>;
}

export async function openActionGate(url: string): Promise<ActionGate> {
  const seen = new Set<string>();
  const gate = new Gate({ server: "aws", url, describe: actionOf }, async ({ name }, pass) => {
    seen.add(name);
    return pass();
  });
  await gate.open();
  return { url: gate.url, actions: () => seen, close: () => gate.close() };
}

/** EKS's calls by method and path; those of IAM and STS name their action. */
const EKS_CALLS: [RegExp, string][] = [
  [/^GET \/clusters\/[^/]+$/, "DescribeCluster"],
  [/^POST \/clusters\/[^/]+\/pod-identity-associations$/, "CreatePodIdentityAssociation"],
  [/^GET \/clusters\/[^/]+\/pod-identity-associations$/, "ListPodIdentityAssociations"],
  [/^GET \/clusters\/[^/]+\/pod-identity-associations\/[^/]+$/, "DescribePodIdentityAssociation"],
  [/^POST \/clusters\/[^/]+\/pod-identity-associations\/[^/]+$/, "UpdatePodIdentityAssociation"],
  [/^DELETE \/clusters\/[^/]+\/pod-identity-associations\/[^/]+$/, "DeletePodIdentityAssociation"],
  [/^POST \/clusters\/[^/]+\/addons$/, "CreateAddon"],
  [/^GET \/clusters\/[^/]+\/addons\/[^/]+$/, "DescribeAddon"],
  [/^DELETE \/clusters\/[^/]+\/addons\/[^/]+$/, "DeleteAddon"],
  [/^GET \/tags\//, "ListTagsForResource"],
  [/^POST \/tags\//, "TagResource"],
  [/^DELETE \/tags\//, "UntagResource"],
];

function actionOf(method: string, url: string, body: string): string {
  const action = new URLSearchParams(body).get("Action");
  if (action !== null) return `${/^(GetCallerIdentity|AssumeRole)/.test(action) ? "sts" : "iam"}:${action}`;
  const { pathname } = new URL(url, "http://aws");
  const found = EKS_CALLS.find(([pattern]) => pattern.test(`${method} ${pathname}`));
  return found ? `eks:${found[1]}` : `${method} ${pathname}`;
}
