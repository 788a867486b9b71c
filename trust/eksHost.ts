/** A group of regions with domains of its own. */
interface Partition {
  name: string;
  /** The names of its regions. */
  region: RegExp;
  /** EKS issuers are `https://oidc.eks.<region>.<domain>/id/<id>`. */
  domain: string;
  /** Their dual-stack addresses are `https://oidc-eks.<region>.<dualStack>/id/<id>`. */
  dualStack: string;
}

/** What the host of an EKS issuer tells. */
export interface EksHost {
  region: string;
  /** Set where it is only the dual-stack address of the discovery document: the host in the tokens. */
  inTokens?: string;
}

/**
 * AWS's own data (regionRegex, dnsSuffix, dualStackDnsSuffix). No region is in two partitions.
 * @see https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
 */
const PARTITIONS: Partition[] = [
  {
    name: "aws",
    region: /^(us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
    domain: "amazonaws.com",
    dualStack: "api.aws",
  },
  { name: "aws-us-gov", region: /^us-gov-\w+-\d+$/, domain: "amazonaws.com", dualStack: "api.aws" },
  {
    name: "aws-cn",
    region: /^cn-\w+-\d+$/,
    domain: "amazonaws.com.cn",
    dualStack: "api.amazonwebservices.com.cn",
  },
  {
    name: "aws-eusc",
    region: /^eusc-\w+-\w+-\d+$/,
    domain: "amazonaws.eu",
    dualStack: "api.amazonwebservices.eu",
  },
  { name: "aws-iso", region: /^us-iso-\w+-\d+$/, domain: "c2s.ic.gov", dualStack: "api.aws.ic.gov" },
  { name: "aws-iso-b", region: /^us-isob-\w+-\d+$/, domain: "sc2s.sgov.gov", dualStack: "api.aws.scloud" },
  {
    name: "aws-iso-e",
    region: /^eu-isoe-\w+-\d+$/,
    domain: "cloud.adc-e.uk",
    dualStack: "api.cloud-aws.adc-e.uk",
  },
  {
    name: "aws-iso-f",
    region: /^us-isof-\w+-\d+$/,
    domain: "csp.hci.ic.gov",
    dualStack: "api.aws.hci.ic.gov",
  },
];

const HOST = /^oidc([.-])eks\.([a-z0-9-]+)\.([a-z0-9.-]+)$/;
const PATH = /^\/id\/[0-9A-Za-z]+$/;

/** The partition of a region, such as `aws-cn`; undefined for a region that is not known. */
export function partitionOfRegion(region: string): string | undefined {
  return PARTITIONS.find((candidate) => candidate.region.test(region))?.name;
}

/** Takes the host of an issuer apart; undefined when it is not EKS's. Nobody but AWS has names in these domains. */
export function parseEksHost(host: string): EksHost | undefined {
  const [, link, region = "", domain = ""] = HOST.exec(host) ?? [];
  const key = link === "-" ? "dualStack" : "domain";
  const partition = PARTITIONS.find((candidate) => candidate[key] === domain);
  if (partition === undefined) {
    return undefined;
  }
  return { region, ...(link === "-" && { inTokens: `oidc.eks.${region}.${partition.domain}` }) };
}

/** Says what is wrong with an issuer whose host is EKS's, or undefined. Nobody else's issuer has to be so. */
export function eksProblem(host: string, { region, inTokens }: EksHost, path: string): string | undefined {
  const trimmed = path.replace(/\/+$/, "");
  if (inTokens !== undefined) {
    return (
      "is the dual-stack address of the discovery document, and not what the cluster's tokens carry: " +
      `write "https://${inTokens}${trimmed}"`
    );
  }
  if (path !== trimmed) {
    return `must not end with a slash (IAM would keep it as another provider): write "https://${host}${trimmed}"`;
  }
  if (!PATH.test(path)) {
    return `is not an EKS issuer: after ${host} comes /id/ and the cluster's id, not "${path}"`;
  }
  const domain = PARTITIONS.find((candidate) => candidate.region.test(region))?.domain;
  return domain === undefined || host.endsWith(`.${region}.${domain}`)
    ? undefined
    : `is not an EKS issuer: in ${region} the host is oidc.eks.${region}.${domain}: write "https://oidc.eks.${region}.${domain}${path}"`;
}
