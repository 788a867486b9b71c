/** A group of regions with accounts of its own. */
export interface Partition {
  id: string;
  dnsSuffix: string;
  reverseDnsPrefix: string;
}

/** The partition that a region is in, of those that EKS users have (aws-sdk-go-base endpoints: endpoints_gen.go). */
export function partitionOf(region: string): Partition {
  if (region.startsWith("cn-")) {
    return { id: "aws-cn", dnsSuffix: "amazonaws.com.cn", reverseDnsPrefix: "cn.com.amazonaws" };
  }
  const id = region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return { id, dnsSuffix: "amazonaws.com", reverseDnsPrefix: "com.amazonaws" };
}
