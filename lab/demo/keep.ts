import type { Lab } from "../supervisor/client";
import { takesAssociations, takesTokens, type DemoIdentity } from "./identity";

/** How to look around in a lab that was left running. */
export function howToUse(lab: Lab, identity: DemoIdentity): string {
  const [first] = lab.clusters;
  const look = [
    ...(takesTokens(identity) ? ["aws iam list-open-id-connect-providers"] : []),
    ...(takesAssociations(identity)
      ? [`aws eks list-pod-identity-associations --cluster-name ${first?.name ?? ""}`]
      : []),
  ];
  const kubectl = `${lab.binaries.kubectl} --kubeconfig ${first?.kubeconfigPath ?? ""}`;
  const kubeconfigs = [...lab.clusters, lab.stranger].map(
    ({ name, kubeconfigPath }) => `  ${name}: ${kubeconfigPath}`,
  );
  return [
    "",
    "The stack and the lab stay. Kubeconfigs:",
    ...kubeconfigs,
    "AWS, with keys that open nothing but this lab:",
    `  export AWS_ENDPOINT_URL=${lab.aws.endpointUrl} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1`,
    `  export AWS_ACCESS_KEY_ID=${lab.aws.accessKeyId} AWS_SECRET_ACCESS_KEY=${lab.aws.secretAccessKey}`,
    `  export PATH=${lab.binaries.awsFolder}:$PATH`,
    "Try:",
    `  ${kubectl} get serviceaccounts,pods --all-namespaces`,
    `  ${kubectl} exec $(${kubectl} get pods -l app.kubernetes.io/name=irsa-sample -o name) -- aws sts get-caller-identity`,
    ...look.map((command) => `  ${command}`),
    "End it:",
    "  npm run lab:stop",
  ].join("\n");
}
