// Takes the creates that were under way when Pulumi was killed into the exported state of a stack, each with the id that it has if
// it happened. The refresh that must follow reads them, and takes those out again that never happened.
//
//   node pending-creates.mjs <file of the exported state> <ARN of an identity in the role's account>
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const [file, identity = ""] = process.argv.slice(2);
const [, partition, account] = /^arn:([^:]+):(?:iam|sts)::(\d{12}):/.exec(identity) ?? [];
if (!file || !account) {
  console.error("Usage: node pending-creates.mjs <file> <ARN, as of aws sts get-caller-identity>");
  process.exit(2);
}

/** There is no such resource. */
const NONE = Symbol("none");

/** The id that a resource has once it is created; nothing where that cannot be told, `NONE` where there is no such resource. */
function idOf({ type, inputs }) {
  const { name, role, policyArn, url, metadata, region, clusterName, addonName } = inputs;
  if (type.startsWith("kubernetes:"))
    return joined("/", ...(metadata.namespace ? [metadata.namespace] : []), metadata.name);
  switch (type) {
    case "aws:iam/openIdConnectProvider:OpenIdConnectProvider":
      return joined("/", `arn:${partition}:iam::${account}:oidc-provider`, url?.replace?.(/^https:\/\//, ""));
    case "aws:iam/role:Role":
      return joined("", name);
    case "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
      return joined("/", role, policyArn);
    case "aws:iam/rolePolicy:RolePolicy":
      return joined(":", role, name);
    case "aws:eks/podIdentityAssociation:PodIdentityAssociation":
      return associationId(inputs);
    case "aws:eks/addon:Addon":
      return inRegion(joined(":", clusterName, addonName), region);
  }
  return undefined;
}

/** EKS makes the id up, so that it has to be asked. */
function associationId({ region, clusterName, namespace, serviceAccount }) {
  if (joined("", clusterName, namespace, serviceAccount) === undefined) return undefined;
  const where = region === undefined ? [] : ["--region", region];
  const which = [
    "--cluster-name",
    clusterName,
    "--namespace",
    namespace,
    "--service-account",
    serviceAccount,
  ];
  const { status, stdout, stderr, error } = spawnSync(
    "aws",
    ["eks", "list-pod-identity-associations", ...where, ...which, "--output", "json"],
    { encoding: "utf8" },
  );
  if (status !== 0) {
    console.error(String(error ?? stderr).trim());
    return undefined;
  }
  const [found] = JSON.parse(stdout).associations;
  return found === undefined ? NONE : inRegion(joined(",", clusterName, found.associationId), region);
}

/** The id as an import takes it: the region is at its end. */
function inRegion(id, region) {
  return region === undefined ? id : joined("@", id, region);
}

/** Nothing where a part is a secret, or is missing. */
function joined(separator, ...parts) {
  return parts.every((part) => typeof part === "string") ? parts.join(separator) : undefined;
}

const state = JSON.parse(readFileSync(file, "utf8"));
const { deployment } = state;
deployment.resources ??= [];
const left = [];
for (const operation of deployment.pending_operations ?? []) {
  const { type, resource } = operation;
  const isThere = deployment.resources.some(({ urn }) => urn === resource.urn);
  // A provider is in the state and nowhere else: the next `up` makes it.
  const isOwn = !resource.custom || resource.type.startsWith("pulumi:");
  const id = type === "creating" && !isOwn ? idOf(resource) : undefined;
  if (type !== "creating" || isOwn) {
    console.log(`needs nothing: ${resource.urn} (${type})`);
  } else if (!isThere && id === NONE) {
    console.log(`was never made: ${resource.urn}`);
  } else if (isThere || id === undefined) {
    console.log(`look for yourself whether it exists: ${resource.urn} ${id === NONE ? "" : (id ?? "")}`);
    left.push(operation);
  } else {
    console.log(`to be looked up: ${resource.urn} ${id}`);
    deployment.resources.push({ ...resource, id });
  }
}
deployment.pending_operations = left;
writeFileSync(file, JSON.stringify(state, undefined, 2));
process.exitCode = left.length === 0 ? 0 : 1;
