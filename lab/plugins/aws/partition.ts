/** A group of regions with accounts of its own. */
export interface Partition {
  id: string;
  dnsSuffix: string;
  reverseDnsPrefix: string;
}

// aws-sdk-go-base endpoints (endpoints_gen.go), which is made of the same data as
// https://github.com/boto/botocore/blob/develop/botocore/data/partitions.json
const OTHERS: [prefix: string, id: string, dnsSuffix: string][] = [
  ["cn-", "aws-cn", "amazonaws.com.cn"],
  ["us-gov-", "aws-us-gov", "amazonaws.com"],
  ["eusc-", "aws-eusc", "amazonaws.eu"],
  ["us-iso-", "aws-iso", "c2s.ic.gov"],
  ["us-isob-", "aws-iso-b", "sc2s.sgov.gov"],
  ["eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"],
  ["us-isof-", "aws-iso-f", "csp.hci.ic.gov"],
];

/** The partition that a region is in. */
export function partitionOf(region: string): Partition {
  const [, id, dnsSuffix] = OTHERS.find(([prefix]) => region.startsWith(prefix)) ?? [
    "",
    "aws",
    "amazonaws.com",
  ];
  return { id, dnsSuffix, reverseDnsPrefix: dnsSuffix.split(".").reverse().join(".") };
}
