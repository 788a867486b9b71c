import pulumi
import pulumi_eks_irsa as eks_irsa

config = pulumi.Config()
namespace = config.require("namespace")


def cluster(name: str) -> eks_irsa.IrsaClusterArgs:
    return eks_irsa.IrsaClusterArgs(
        name=name,
        issuer_url=config.require(f"{name}Issuer"),
        kubeconfig=config.require_secret(f"{name}Kubeconfig"),
    )


app = eks_irsa.MultiClusterIrsa(
    "app",
    clusters=[cluster("east"), cluster("west")],
    service_accounts=[
        eks_irsa.ServiceAccountBindingArgs(namespace=namespace, name="s3-reader"),
        eks_irsa.ServiceAccountBindingArgs(
            namespace=namespace, name="report-reader", clusters=["east"]
        ),
    ],
    policy_arns={"s3Read": "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"},
    tags={"team": "data"},
)

pulumi.export("roleArn", app.role_arn)
pulumi.export("oidcProviderArns", app.oidc_provider_arns)
pulumi.export("trustPolicySize", app.trust_policy_size)
