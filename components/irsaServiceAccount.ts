import * as pulumi from "@pulumi/pulumi";
import { namespaceProblem, serviceAccountNameProblem } from "../trust/subject";
import { IdentityMode } from "../trust/types";
import { unknownKeyProblems } from "./knownKeys";
import { checkedInput, isPlain, problemsOf, throwProblems, type Problem } from "./problems";
import { roleArnProblem } from "./podIdentityReasons";
import { samplePodNameProblem } from "./proofNames";
import { proofProblems } from "./proofValidation";
import { makeServiceAccount } from "./serviceAccount";
import { checkShapes, ownServiceAccountShapes, untold } from "./shapes";
import { serviceAccountProblems } from "./serviceAccountValidation";
import {
  ServiceAccountOwnership,
  type SamplePodSettings,
  type ServiceAccountSettings,
  type VerificationJobSettings,
} from "./types";
import { verificationJobProblems } from "./verificationJob";

/** Arguments of {@link IrsaServiceAccount}. */
export interface IrsaServiceAccountArgs {
  /** Namespace of the ServiceAccount; it must exist. */
  namespace: pulumi.Input<string>;
  /** Name of the ServiceAccount. */
  name: string;
  /** ARN of the role that its pods get. */
  roleArn: pulumi.Input<string>;
  /** Whether the ServiceAccount is made, or patched where it exists. Default: `ServiceAccountOwnership.Create`. */
  ownership?: ServiceAccountOwnership;
  /** What the ServiceAccount carries beside the role's annotation. Default: nothing. */
  settings?: ServiceAccountSettings;
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
 * const east = new k8s.Provider("east", { kubeconfig });
 * new IrsaServiceAccount("reader", { namespace: "default", name: "s3-reader", roleArn }, { provider: east });
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

  /**
   * Declares the ServiceAccount.
   *
   * @param name name of the component: part of the URNs of all that it makes.
   * @param args the ServiceAccount, and its role.
   * @param opts `provider` is the Kubernetes provider of the cluster. Without one it is the program's default, which goes by the ambient
   * kubeconfig.
   */
  constructor(name: string, args: IrsaServiceAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    const what = `IrsaServiceAccount "${name}"`;
    throwProblems(what, argumentProblems(args));
    super("eks-irsa:index:IrsaServiceAccount", name, { name: args.name }, opts);
    const namespace = checkedInput(args.namespace, namespaceProblem, {
      what,
      propertyPath: "namespace",
      resource: this,
    });
    const { serviceAccount, pod, job } = makeServiceAccount(
      name,
      { ...args, namespace },
      {
        arn: checkedInput(args.roleArn, roleArnProblem, { what, propertyPath: "roleArn", resource: this }),
        identity: IdentityMode.Irsa,
      },
      args,
      { parent: this },
      { what, path: "settings", resource: this },
    );
    const made = serviceAccount?.metadata;
    this.serviceAccountName = made ? made.name : pulumi.output(args.name);
    this.namespace = made ? made.namespace : namespace;
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

function argumentProblems(args: IrsaServiceAccountArgs): Problem[] {
  const { problems, usable } = checkShapes(args, ownServiceAccountShapes);
  const unknown = unknownKeyProblems(args, "IrsaServiceAccount");
  return [...problems, ...unknown, ...untold(problemsIn(usable), problems)];
}

function problemsIn(args: IrsaServiceAccountArgs): Problem[] {
  const podReason = args.samplePod === undefined ? undefined : samplePodNameProblem(args.name);
  const found: [string, string | undefined][] = [
    ["namespace", missingOr(args.namespace, namespaceProblem)],
    ["name", typeof args.name === "string" ? serviceAccountNameProblem(args.name) : "must be plain text"],
    ["name", podReason],
    ["roleArn", missingOr(args.roleArn, roleArnProblem)],
  ];
  return [
    ...problemsOf(found),
    ...serviceAccountProblems(args, ""),
    ...noOwnerProblems(args),
    ...verificationJobProblems(args.verificationJob ?? {}),
    ...proofProblems(args),
  ];
}

/** A program in JavaScript may well leave it out. */
function missingOr(
  value: pulumi.Input<string> | undefined,
  check: (value: string) => string | undefined,
): string | undefined {
  return value === undefined ? "is missing: write it" : isPlain(value) ? check(value) : undefined;
}

function noOwnerProblems({ ownership }: IrsaServiceAccountArgs): Problem[] {
  return ownership === ServiceAccountOwnership.None
    ? [
        {
          propertyPath: "ownership",
          reason: "is None, and so there is nothing to make here: leave IrsaServiceAccount out",
        },
      ]
    : [];
}
