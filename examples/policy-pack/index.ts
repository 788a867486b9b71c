import { Role } from "@pulumi/aws/iam/role";
import { PolicyPack, validateResourceOfType } from "@pulumi/policy";
import { clusterWideRemarks, DEFAULTS, trustFaults, type TrustRules } from "./rules";

new PolicyPack("eks-trust", {
  policies: [
    {
      name: "eks-trust-policy",
      description: "A role that trusts an EKS cluster names its ServiceAccounts.",
      enforcementLevel: "mandatory",
      configSchema: {
        properties: {
          maxSize: { type: "integer", minimum: 2048, maximum: 8192, default: DEFAULTS.maxSize },
          allowedPatterns: { type: "array", items: { type: "string" }, default: DEFAULTS.allowedPatterns },
          issuers: { type: "array", items: { type: "string" }, default: DEFAULTS.issuers },
        },
      },
      validateResource: validateResourceOfType(Role, (role, args, reportViolation) => {
        const rules = { ...DEFAULTS, ...args.getConfig<Partial<TrustRules>>() };
        // While it is not known, in a preview, reading it ends here with a remark; `up` looks again.
        for (const fault of trustFaults(role.assumeRolePolicy, rules)) {
          reportViolation(fault);
        }
      }),
    },
    {
      name: "eks-trust-cluster-wide",
      description: "A role that a whole EKS cluster may have is told.",
      enforcementLevel: "advisory",
      validateResource: validateResourceOfType(Role, (role, _args, reportViolation) => {
        for (const remark of clusterWideRemarks(role.assumeRolePolicy)) {
          reportViolation(remark);
        }
      }),
    },
  ],
});
