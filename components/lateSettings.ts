import type * as pulumi from "@pulumi/pulumi";
import type { MultiClusterIrsaArgs } from "./multiClusterIrsa";
import { roleArnProblem } from "./podIdentityReasons";
import { checkedInput, isPlain } from "./problems";
import { absentTagProblem, sessionPolicyProblem, tagsOffAt } from "./sessionTags";

/** The same arguments, of which what Pod Identity asks of late values is checked when they arrive. */
export function withCheckedSettings(
  args: MultiClusterIrsaArgs,
  where: { what: string; resource: pulumi.Resource },
): MultiClusterIrsaArgs {
  const checked = (
    value: pulumi.Input<string>,
    check: (value: string) => string | undefined,
    path: string,
  ) => (isPlain(value) ? value : checkedInput(value, check, { ...where, propertyPath: path }));
  const { podIdentity, inlinePolicies } = args;
  const { targetRoleArn, policy } = podIdentity ?? {};
  const tagsOff = tagsOffAt(args);
  return {
    ...args,
    ...(podIdentity && {
      podIdentity: {
        ...podIdentity,
        ...(targetRoleArn !== undefined && {
          targetRoleArn: checked(targetRoleArn, roleArnProblem, "podIdentity.targetRoleArn"),
        }),
        ...(policy !== undefined && { policy: checked(policy, sessionPolicyProblem, "podIdentity.policy") }),
      },
    }),
    ...(inlinePolicies &&
      tagsOff !== undefined && {
        inlinePolicies: Object.fromEntries(
          Object.entries(inlinePolicies).map(([name, json]) => [
            name,
            checked(
              json,
              (text) => absentTagProblem(text, tagsOff),
              `inlinePolicies[${JSON.stringify(name)}]`,
            ),
          ]),
        ),
      }),
  };
}
