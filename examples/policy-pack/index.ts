import { Role } from "@pulumi/aws/iam/role";
import { PolicyPack, validateResourceOfType } from "@pulumi/policy";
import { DEFAULTS, trustFaults, type TrustRules } from "./rules";

new PolicyPack("eks-trust", {
  policies: [
    {
      name: "eks-trust-policy",
      description: "A role that trusts the OIDC provider of an EKS cluster names its ServiceAccounts.",
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
  ],
});
