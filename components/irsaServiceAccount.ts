import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import * as pulumi from "@pulumi/pulumi";
import { namespaceProblem, serviceAccountNameProblem } from "../trust/subject";
import { checkedInput, isPlain, throwProblems, type Problem } from "./problems";
import { makeSamplePod } from "./samplePod";
import { samplePodNameProblem } from "./samplePodName";
import type { SamplePodSettings } from "./types";

/** The annotation by which EKS finds the role of a ServiceAccount. */
export const ROLE_ARN_ANNOTATION = "eks.amazonaws.com/role-arn";

/** Arguments of {@link IrsaServiceAccount}. */
export interface IrsaServiceAccountArgs {
  /** Namespace of the ServiceAccount; it must exist. */
  namespace: pulumi.Input<string>;
  /** Name of the ServiceAccount. */
  name: string;
  /** ARN of the role that its pods get. */
  roleArn: pulumi.Input<string>;
  /** Makes a sample pod that proves it. Default: none. */
  samplePod?: SamplePodSettings;
}

/**
 * The Kubernetes half of IRSA for one ServiceAccount of one cluster: the ServiceAccount, annotated with its role, and a
 * sample pod if asked for. The cluster is that of the Kubernetes provider in `opts`.
 *
 * @example
 * new IrsaServiceAccount("reader", { namespace: "default", name: "s3-reader", roleArn: role.roleArn }, { provider: east });
 * @throws InputPropertiesError naming every fault of the arguments.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/pod-configuration.html
 */
export class IrsaServiceAccount extends pulumi.ComponentResource {
  /** Name of the ServiceAccount. */
  public readonly serviceAccountName: pulumi.Output<string>;
  /** Namespace of the ServiceAccount. */
  public readonly namespace: pulumi.Output<string>;
  /** Name of the sample pod; empty when none was asked for. */
  public readonly samplePodName: pulumi.Output<string>;

  constructor(name: string, args: IrsaServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `IrsaServiceAccount "${name}"`;
    throwProblems(what, serviceAccountProblems(args));
    super("eks-irsa:index:IrsaServiceAccount", name, { name: args.name }, opts);
    const namespace = checkedInput(args.namespace, namespaceProblem, {
      what,
      propertyPath: "namespace",
      resource: this,
    });
    const { serviceAccount, pod } = makeServiceAccount(
      name,
      { namespace, name: args.name },
      checkedInput(args.roleArn, roleArnProblem, { what, propertyPath: "roleArn", resource: this }),
      args.samplePod,
      { parent: this },
    );
    this.serviceAccountName = serviceAccount.metadata.name;
    this.namespace = serviceAccount.metadata.namespace;
    this.samplePodName = pod ? pod.metadata.name : pulumi.output("");
    this.registerOutputs({
      serviceAccountName: this.serviceAccountName,
      namespace: this.namespace,
      samplePodName: this.samplePodName,
    });
  }
}

/** Creates a ServiceAccount with its annotation, and then its sample pod if there is to be one. */
export function makeServiceAccount(
  name: string,
  { namespace, name: serviceAccountName }: { namespace: pulumi.Input<string>; name: string },
  roleArn: pulumi.Input<string>,
  samplePod: SamplePodSettings | undefined,
  opts: pulumi.CustomResourceOptions,
) {
  const serviceAccount = new ServiceAccount(
    name,
    { metadata: { name: serviceAccountName, namespace, annotations: { [ROLE_ARN_ANNOTATION]: roleArn } } },
    opts,
  );
  if (samplePod === undefined) {
    return { serviceAccount };
  }
  // EKS looks at the annotation when a pod is admitted, and never again.
  const podOpts = { ...opts, dependsOn: serviceAccount };
  const pod = makeSamplePod(name, { namespace, name: serviceAccountName }, roleArn, samplePod, podOpts);
  return { serviceAccount, pod };
}

function serviceAccountProblems(args: IrsaServiceAccountArgs): Problem[] {
  const podReason = args.samplePod === undefined ? undefined : samplePodNameProblem(args.name);
  const found: [string, string | undefined][] = [
    ["namespace", isPlain(args.namespace) ? namespaceProblem(args.namespace) : undefined],
    ["name", typeof args.name === "string" ? serviceAccountNameProblem(args.name) : "must be plain text"],
    ["name", podReason],
    ["roleArn", isPlain(args.roleArn) ? roleArnProblem(args.roleArn) : undefined],
  ];
  return found.flatMap(([propertyPath, reason]) => (reason === undefined ? [] : [{ propertyPath, reason }]));
}

function roleArnProblem(arn: string): string | undefined {
  return /^arn:[^:]+:iam::\d{12}:role\/.+$/.test(arn)
    ? undefined
    : `is not the ARN of a role (arn:<partition>:iam::<account>:role/<name>): "${arn}"`;
}
