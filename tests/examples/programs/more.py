"""A fleet in shards, in another account, of resources that are made beside it: see python.test.ts."""

import json

import pulumi
import pulumi_eks_irsa as eks_irsa

config = pulumi.Config()
namespace = config.require("namespace")

# What `pulumi_aws.Provider` is, without its package.
account = pulumi.ProviderResource(
    "aws",
    "account",
    {
        "region": "us-east-1",
        "accessKey": config.require("accessKey"),
        "secretKey": config.require_secret("secretKey"),
    },
)


class Made(pulumi.CustomResource):
    """A resource of AWS that has an ARN, as one of `pulumi_aws` would be."""

    arn: pulumi.Output[str]

    def __init__(self, token: str, name: str, inputs: dict):
        super().__init__(token, name, {"arn": None, **inputs}, pulumi.ResourceOptions(provider=account))


read = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}
policy = Made(
    "aws:iam/policy:Policy",
    "read",
    {"policy": json.dumps({"Version": "2012-10-17", "Statement": [read]})},
)
west = Made(
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    "west",
    {"url": config.require("westIssuer"), "clientIdLists": ["sts.amazonaws.com"]},
)
deny = {"Effect": "Deny", "Action": "iam:*", "Resource": policy.arn}

app = eks_irsa.MultiClusterIrsa(
    "app",
    clusters=[
        eks_irsa.IrsaClusterArgs(
            name="east",
            issuer_url=config.require("eastIssuer"),
            kubeconfig=config.require_secret("eastKubeconfig"),
            shard="one",
        ),
        eks_irsa.IrsaClusterArgs(
            name="west",
            issuer_url=west.arn.apply(lambda arn: "https://" + arn.split("oidc-provider/")[1]),
            oidc_provider_arn=west.arn,
            kubeconfig=config.require_secret("westKubeconfig"),
            shard="two",
        ),
    ],
    service_accounts=[
        eks_irsa.ServiceAccountBindingArgs(
            namespace=namespace,
            name="s3-reader",
            settings=eks_irsa.ServiceAccountSettingsArgs(
                labels={"sealed": config.require_secret("label")}
            ),
        )
    ],
    policy_arns={"read": policy.arn},
    inline_policies={"deny": pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [deny]})},
    trust=eks_irsa.TrustSettingsArgs(shards=["one", "two"]),
    opts=pulumi.ResourceOptions(providers=[account]),
)

# One ServiceAccount more, by a provider of its own: what `pulumi_kubernetes.Provider` is.
cluster = pulumi.ProviderResource(
    "kubernetes", "west", {"kubeconfig": config.require_secret("westKubeconfig")}
)
eks_irsa.IrsaServiceAccount(
    "other",
    namespace=namespace,
    name="other",
    role_arn=app.role_arns["west"],
    opts=pulumi.ResourceOptions(providers=[cluster]),
)

pulumi.export("roleArns", app.role_arns)
pulumi.export("roleArn", app.role_arn)
pulumi.export("policyArn", policy.arn)
