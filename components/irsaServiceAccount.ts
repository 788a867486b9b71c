import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import * as pulumi from "@pulumi/pulumi";
import { namespaceProblem, serviceAccountNameProblem } from "../trust/subject";
import { checkedInput, isPlain, throwProblems, type Problem } from "./problems";
import { samplePodNameProblem } from "./proofNames";
import { makeSamplePod } from "./samplePod";
import type { SamplePodSettings, VerificationJobSettings } from "./types";
import { makeVerificationJob, verificationJobProblems } from "./verificationJob";

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
  /** Makes a Job that proves it, and heals itself by new pods. Default: none. */
  verificationJob?: VerificationJobSettings;
}

/**
 * The Kubernetes half of IRSA for one ServiceAccount of one cluster: the ServiceAccount, annotated with its role, and what
 * proves it if asked for. The cluster is that of the Kubernetes provider in `opts`.
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
  /** Name of the verification Job; empty when none was asked for. */
  public readonly verificationJobName: pulumi.Output<string>;

  constructor(name: string, args: IrsaServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `IrsaServiceAccount "${name}"`;
    throwProblems(what, serviceAccountProblems(args));
    super("eks-irsa:index:IrsaServiceAccount", name, { name: args.name }, opts);
    const namespace = checkedInput(args.namespace, namespaceProblem, {
      what,
      propertyPath: "namespace",
      resource: this,
    });
    const { serviceAccount, pod, job } = makeServiceAccount(
      name,
      { namespace, name: args.name },
      checkedInput(args.roleArn, roleArnProblem, { what, propertyPath: "roleArn", resource: this }),
      args,
      { parent: this },
    );
    this.serviceAccountName = serviceAccount.metadata.name;
    this.namespace = serviceAccount.metadata.namespace;
    this.samplePodName = pod ? pod.metadata.name : pulumi.output("");
    this.verificationJobName = job ? job.metadata.name : pulumi.output("");
    this.registerOutputs({
      serviceAccountName: this.serviceAccountName,
      namespace: this.namespace,
      samplePodName: this.samplePodName,
      verificationJobName: this.verificationJobName,
    });
  }
}

/** Creates a ServiceAccount with its annotation, and then what is to prove that it works. */
export function makeServiceAccount(
  name: string,
  { namespace, name: serviceAccountName }: { namespace: pulumi.Input<string>; name: string },
  roleArn: pulumi.Input<string>,
  proof: Pick<IrsaServiceAccountArgs, "samplePod" | "verificationJob">,
  opts: pulumi.CustomResourceOptions,
) {
  // What seems to be another cluster may be the same one, after a corrected issuer. There an object cannot be made beside the
  // old one of its name: the plugin refuses it, and before 4.29 made it and then deleted it.
  const inPlace = { ...opts, deleteBeforeReplace: true };
  const serviceAccount = new ServiceAccount(
    name,
    { metadata: { name: serviceAccountName, namespace, annotations: { [ROLE_ARN_ANNOTATION]: roleArn } } },
    inPlace,
  );
  const { samplePod, verificationJob } = proof;
  const who = { namespace, name: serviceAccountName };
  // EKS looks at the annotation when a pod is admitted, and never again.
  const after = { ...inPlace, dependsOn: serviceAccount };
  return {
    serviceAccount,
    ...(samplePod && { pod: makeSamplePod(name, who, roleArn, samplePod, after) }),
    ...(verificationJob && { job: makeVerificationJob(name, who, roleArn, verificationJob, after) }),
  };
}

function serviceAccountProblems(args: IrsaServiceAccountArgs): Problem[] {
  const podReason = args.samplePod === undefined ? undefined : samplePodNameProblem(args.name);
  const found: [string, string | undefined][] = [
    ["namespace", isPlain(args.namespace) ? namespaceProblem(args.namespace) : undefined],
    ["name", typeof args.name === "string" ? serviceAccountNameProblem(args.name) : "must be plain text"],
    ["name", podReason],
    ["roleArn", isPlain(args.roleArn) ? roleArnProblem(args.roleArn) : undefined],
  ];
  return [
    ...found.flatMap(([propertyPath, reason]) => (reason === undefined ? [] : [{ propertyPath, reason }])),
    ...verificationJobProblems(args.verificationJob ?? {}),
  ];
}

function roleArnProblem(arn: string): string | undefined {
  return /^arn:[^:]+:iam::\d{12}:role\/.+$/.test(arn)
    ? undefined
    : `is not the ARN of a role (arn:<partition>:iam::<account>:role/<name>): "${arn}"`;
}
